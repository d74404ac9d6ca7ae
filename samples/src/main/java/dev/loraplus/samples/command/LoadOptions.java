package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.config.Task;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.TaskOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model that has learned its task: with an adapter, or merged, or pretrained for it. */
@Command
final class LoadOptions {
  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "The adapter to load onto it, in peft's layout; default: none.")
  private @Nullable Path adapter;

  @Mixin private final TaskOptions tasks = new TaskOptions();

  /** The task of the adapter, else of the model's configuration, else as the user says. */
  Task task() {
    return LearnedTask.of(model, adapter, tasks);
  }

  /** Loads the model for a task; the caller closes it. */
  LoadedModel load(Task task) {
    return adapter == null
        ? FineTuning.load(model.directory(), task)
        : FineTuning.load(model.directory(), adapter, task);
  }

  Path directory() {
    return model.directory();
  }
}
