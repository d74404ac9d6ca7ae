package dev.loraplus.samples;

import dev.loraplus.samples.command.AdaptCommand;
import dev.loraplus.samples.command.AlignCommand;
import dev.loraplus.samples.command.ConformanceCommand;
import dev.loraplus.samples.command.EvaluateCommand;
import dev.loraplus.samples.command.ExportCommand;
import dev.loraplus.samples.command.FinetuneCommand;
import dev.loraplus.samples.command.GenerateCommand;
import dev.loraplus.samples.command.InspectCommand;
import dev.loraplus.samples.command.MergeCommand;
import dev.loraplus.samples.command.PlanCommand;
import dev.loraplus.samples.command.PredictCommand;
import dev.loraplus.samples.options.EnumChoice;
import dev.loraplus.samples.paper.PaperCommand;
import dev.loraplus.samples.paper.finetuning.BundledTask;
import dev.loraplus.samples.paper.finetuning.GlueTask;
import dev.loraplus.samples.quickstart.QuickstartCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line: {@code java -jar loraplus.jar COMMAND}. Exit codes: 0 done, 1 failed with the
 * reason on standard error, 2 wrong usage.
 */
@Command(
    name = "loraplus",
    description = "Fine-tunes pretrained transformers with LoRA+ on TensorFlow Java.",
    mixinStandardHelpOptions = true,
    versionProvider = LoraPlus.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      FinetuneCommand.class,
      PlanCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      GenerateCommand.class,
      MergeCommand.class,
      AlignCommand.class,
      InspectCommand.class,
      AdaptCommand.class,
      ExportCommand.class,
      ConformanceCommand.class,
      PaperCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, with the reason on standard error", "2:wrong usage"})
public final class LoraPlus {
  private boolean verbose;

  private LoraPlus() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param arguments the command and its options
   */
  public static void main(String[] arguments) {
    NativeLog.quieten();
    System.exit(execute(commandLine(create()), arguments));
  }

  static LoraPlus create() {
    return new LoraPlus();
  }

  static CommandLine commandLine(LoraPlus root) {
    CommandLine commandLine =
        new CommandLine(root)
            .setExecutionExceptionHandler(new FailureReport(() -> root.verbose))
            .setParameterExceptionHandler(new UsageReport());
    EnumChoice.register(commandLine);
    EnumChoice.register(commandLine, GlueTask.class);
    EnumChoice.register(commandLine, BundledTask.class);
    commandLine.getSubcommands().values().forEach(LoraPlus::listOptionsBySection);
    return commandLine;
  }

  private static void listOptionsBySection(CommandLine command) {
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionSections());
    command.getSubcommands().values().forEach(LoraPlus::listOptionsBySection);
  }

  /** The exit code; picocli hands exceptions to the failure report, but lets errors through. */
  static int execute(CommandLine commandLine, String... arguments) {
    try {
      return commandLine.execute(arguments);
    } catch (LinkageError | OutOfMemoryError failure) {
      LoraPlus root = commandLine.getCommand();
      return new FailureReport(() -> root.verbose).report(failure, commandLine.getErr());
    }
  }

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more, and print the stack trace of a failure.")
  void setVerbose(boolean verbose) {
    this.verbose = verbose;
    if (verbose) {
      // Read when the first logger is made, which is after the arguments are.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LoraPlus.class.getPackage().getImplementationVersion();
      return new String[] {"loraplus " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
