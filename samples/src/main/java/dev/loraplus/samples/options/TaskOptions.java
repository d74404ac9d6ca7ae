package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the model learns to give for a text. */
@Command(name = "Task")
public final class TaskOptions {
  @Option(
      names = "--task",
      paramLabel = "KIND",
      description = {
        "classification, regression, masked-lm or causal-lm.",
        "Training: classification where nothing is chosen. Elsewhere the adapter or the model"
            + " says it."
      })
  private @Nullable TaskKind kind;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "NAME",
      description =
          "Names of the classes in the order of their ids; training collects them from"
              + " the data by default.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--pooling",
      paramLabel = "HOW",
      description =
          "cls-pooler, mean or last-token; default: last-token for decoders, mean for minilm,"
              + " cls-pooler for others.")
  private @Nullable Pooling pooling;

  /**
   * Whether the user says anything about the task.
   *
   * @return true if any of these options is given
   */
  public boolean given() {
    return kind != null || !labels.isEmpty() || pooling != null;
  }

  /**
   * The kind of task.
   *
   * @return classification where none is chosen
   */
  public TaskKind kind() {
    return kind == null ? TaskKind.CLASSIFICATION : kind;
  }

  /**
   * The labels that the user named.
   *
   * @return empty where they named none
   */
  public List<String> labels() {
    return labels;
  }

  /**
   * Refuses options that mean nothing for the task.
   *
   * @throws ConfigurationException naming each of them
   */
  public void check() {
    new Faults()
        .require(
            kind() == TaskKind.CLASSIFICATION || labels.isEmpty(),
            "--labels: only a classification has labels, got %s",
            labels)
        .require(
            !kind().languageModel() || pooling == null,
            "--pooling: a language model pools nothing, got %s",
            pooling)
        .throwIfAny();
  }

  /**
   * The task.
   *
   * @param model decides the pooling where none is chosen
   * @param otherLabels where labels come from if the user named none
   * @return the task
   * @throws ConfigurationException if there are fewer than two labels, or an option means nothing
   */
  public Task task(ModelOptions model, Supplier<List<String>> otherLabels) {
    check();
    return switch (kind()) {
      case CLASSIFICATION ->
          new Task.Classification(labels.isEmpty() ? otherLabels.get() : labels, pooling(model));
      case REGRESSION -> new Task.Regression(pooling(model));
      case MASKED_LM -> new Task.MaskedLanguageModel();
      case CAUSAL_LM -> new Task.CausalLanguageModel();
    };
  }

  private Pooling pooling(ModelOptions model) {
    return pooling == null ? model.pooling() : pooling;
  }
}
