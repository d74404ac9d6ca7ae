package dev.loraplus.savedmodel;

import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.Faults;
import dev.loraplus.savedmodel.data.OutputTask;
import java.util.Optional;

/**
 * A run over data.
 *
 * @param output key of the output that is scored
 * @param task what it is
 * @param epochs passes over the training data
 * @param batchSize examples of a step
 * @param evaluation when the development data is scored and what follows
 * @param checkpoints where the full state is saved; empty for nowhere
 */
public record TuningRunConfig(
    String output,
    OutputTask task,
    int epochs,
    int batchSize,
    EvaluationConfig evaluation,
    Optional<CheckpointConfig> checkpoints) {
  /**
   * Checks the numbers.
   *
   * @param output key of the output that is scored
   * @param task what it is
   * @param epochs passes over the training data
   * @param batchSize examples of a step
   * @param evaluation when the development data is scored and what follows
   * @param checkpoints where the full state is saved; empty for nowhere
   */
  public TuningRunConfig {
    new Faults()
        .require(epochs >= 1, "epochs: must be at least 1, got %s", epochs)
        .require(batchSize >= 1, "batch size: must be at least 1, got %s", batchSize)
        .throwIfAny();
  }

  /**
   * Steps of the whole run.
   *
   * @param rows examples of the training data
   * @return the last batch of an epoch may have fewer examples
   */
  public long steps(int rows) {
    return (long) epochs * stepsOfEpoch(rows);
  }

  int stepsOfEpoch(int rows) {
    return (rows + batchSize - 1) / batchSize;
  }
}
