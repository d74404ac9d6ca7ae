package dev.loraplus.config;

/**
 * Everything a fine-tuning run is told besides the model and the data.
 *
 * @param task what the model learns to give
 * @param lora which adapters
 * @param optimizer how they learn
 * @param training over how much data
 */
public record FineTuningConfig(
    Task task, LoraConfig lora, OptimizerConfig optimizer, TrainingConfig training) {
  /**
   * Checks what the parts mean for each other: the schedule and the length of the run.
   *
   * @param task what the model learns to give
   * @param lora which adapters
   * @param optimizer how they learn
   * @param training over how much data
   */
  public FineTuningConfig {
    optimizer.requireReached(training.length());
  }
}
