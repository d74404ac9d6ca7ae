package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Task;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.TaskOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merge}: writes a model with its adapter merged. */
@Command(
    name = "merge",
    description = "Writes a model with its adapter merged, as a Hugging Face directory.",
    customSynopsis = "loraplus merge --model DIR|NAME --adapter DIR --out DIR [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The adapter, in peft's layout.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path adapter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the merged model goes.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path out;

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final TaskOptions tasks = new TaskOptions();

  /** For picocli. */
  public MergeCommand() {}

  @Override
  public Integer call() {
    Path directory = model.directory();
    Outputs.requireDirectory("--out", out, directory);
    Outputs.requireDirectory("--out", out, adapter);
    MergedCheckpoint.requireApart(directory, out);
    Task task = LearnedTask.of(model, adapter, tasks);
    try (AdaptedModel adapted = FineTuning.load(directory, adapter, task)) {
      MergedCheckpoint.save(adapted, directory, task, out);
    }
    PrintWriter console = spec.commandLine().getOut();
    console.println("merged model: " + out);
    console.flush();
    return 0;
  }
}
