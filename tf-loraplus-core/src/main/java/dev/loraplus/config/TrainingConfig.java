package dev.loraplus.config;

import java.util.Optional;

/**
 * A run over data.
 *
 * @param length epochs or steps
 * @param batches how examples become batches
 * @param evaluation when the evaluation data is scored
 * @param checkpoints where the full state is saved; absent means nowhere
 * @param seed decides fresh parameters, order of the data and dropout
 */
public record TrainingConfig(
    RunLength length,
    BatchConfig batches,
    EvaluationConfig evaluation,
    Optional<CheckpointConfig> checkpoints,
    long seed) {

  /**
   * Shuffled batches, an evaluation at the end of each epoch, no checkpoints, seed 0.
   *
   * @param length epochs or steps
   * @param batchSize rows of a batch
   * @param maxLength tokens of a text
   * @return the configuration
   */
  public static TrainingConfig of(RunLength length, int batchSize, int maxLength) {
    return new TrainingConfig(
        length,
        BatchConfig.of(batchSize, maxLength),
        EvaluationConfig.everyEpoch(),
        Optional.empty(),
        0);
  }
}
