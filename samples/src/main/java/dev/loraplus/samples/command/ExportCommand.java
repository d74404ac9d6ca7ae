package dev.loraplus.samples.command;

import dev.loraplus.samples.options.ExportOptions;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: SavedModels of a SavedModel and its saved adapters. */
@Command(
    name = "export",
    description = "Writes SavedModels of a SavedModel and adapters that adapt saved.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "SAVED_MODEL", description = "Directory with saved_model.pb.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path directory;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The adapters, saved by adapt.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path adapter;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature that was adapted; default: ${DEFAULT-VALUE}.")
  private String signature = SavedModelFile.DEFAULT_SIGNATURE;

  @Mixin private final ExportOptions exports = new ExportOptions();

  /** For picocli. */
  public ExportCommand() {}

  @Override
  public Integer call() {
    exports.requireAny();
    try (AdaptedSavedModel model =
        AdaptedSavedModel.build(
            FlatGraph.of(directory, signature), AdapterFiles.readConfig(adapter), 0)) {
      AdapterFiles.load(model, adapter);
      PrintWriter console = spec.commandLine().getOut();
      exports.write(model, directory, console);
      console.flush();
    }
    return 0;
  }
}
