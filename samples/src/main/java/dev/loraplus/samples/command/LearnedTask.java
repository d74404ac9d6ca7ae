package dev.loraplus.samples.command;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.export.ModelTask;
import dev.loraplus.export.TaskFile;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.TaskOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model or an adapter has learned. What the user says counts where the files say nothing;
 * where they do say it, two voices would be one too many.
 */
final class LearnedTask {
  private final ModelOptions model;
  private final @Nullable Path adapter;
  private final TaskOptions tasks;

  private LearnedTask(ModelOptions model, @Nullable Path adapter, TaskOptions tasks) {
    this.model = model;
    this.adapter = adapter;
    this.tasks = tasks;
  }

  /** The task of the adapter, else of the model's configuration. */
  static Task of(ModelOptions model, @Nullable Path adapter, TaskOptions tasks) {
    return new LearnedTask(model, adapter, tasks).find();
  }

  private Task find() {
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
}
