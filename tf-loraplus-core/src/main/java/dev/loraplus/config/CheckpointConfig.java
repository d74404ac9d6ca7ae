package dev.loraplus.config;

import java.nio.file.Path;

/**
 * Where and how often the full state of a run is saved.
 *
 * @param directory holds the checkpoints
 * @param everySteps optimizer steps between two, at least 1
 * @param keep newest checkpoints that are kept, at least 1
 */
public record CheckpointConfig(Path directory, long everySteps, int keep) {
  /**
   * Checks the ranges above.
   *
   * @param directory holds the checkpoints
   * @param everySteps optimizer steps between two, at least 1
   * @param keep newest checkpoints that are kept, at least 1
   */
  public CheckpointConfig {
    new Faults()
        .require(everySteps >= 1, "checkpointEvery: must be at least 1, got %s", everySteps)
        .require(keep >= 1, "checkpoints kept: must be at least 1, got %s", keep)
        .throwIfAny();
  }
}
