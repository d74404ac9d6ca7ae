package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.export.ModelTask;
import dev.loraplus.export.TaskFile;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.TaskOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  /**
   * The task: of the adapter, else of the model's configuration. What the user says counts where
   * these say nothing; where they do say it, two voices would be one too many.
   */
  Task task() {
    if (adapter != null && Files.exists(adapter.resolve("task.json"))) {
      if (tasks.given()) {
        throw new ConfigurationException(
            "--task, --labels, --pooling: "
                + adapter.resolve("task.json")
                + " says them already; leave them out");
      }
      return TaskFile.read(adapter);
    }
    if (!tasks.given()) {
      return adapter == null ? ModelTask.read(model.directory()) : TaskFile.read(adapter);
    }
    return tasks.task(model, this::labelsOfTheModel);
  }

  private List<String> labelsOfTheModel() {
    if (adapter == null
        && ModelTask.read(model.directory()) instanceof Task.Classification classification) {
      return classification.labels();
    }
    throw new ConfigurationException(
        "--labels: name the classes in the order of their ids, the "
            + (adapter == null ? "model's config.json" : "adapter")
            + " does not");
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
