package dev.loraplus.config;

/**
 * Everything a fine-tuning run is told besides the model and the data.
 *
 * @param task what the model learns to give
 * @param lora which adapters
 * @param optimizer how they learn
 * @param training over how much data
 * @param compute in which precision, and what is compiled
 */
public record FineTuningConfig(
    Task task,
    LoraConfig lora,
    OptimizerConfig optimizer,
    TrainingConfig training,
    ComputeConfig compute) {
  /**
   * Checks what the parts mean for each other: the schedule and the length of the run.
   *
   * @param task what the model learns to give
   * @param lora which adapters
   * @param optimizer how they learn
   * @param training over how much data
   * @param compute in which precision, and what is compiled
   */
  public FineTuningConfig {
    optimizer.requireReached(training.length());
  }

  /**
   * A run in float32 without compilation.
   *
   * @param task what the model learns to give
   * @param lora which adapters
   * @param optimizer how they learn
   * @param training over how much data
   */
  public FineTuningConfig(
      Task task, LoraConfig lora, OptimizerConfig optimizer, TrainingConfig training) {
    this(task, lora, optimizer, training, ComputeConfig.exact());
  }

  /**
   * The same run, computed otherwise.
   *
   * @param value in which precision, and what is compiled
   * @return a copy
   */
  public FineTuningConfig withCompute(ComputeConfig value) {
    return new FineTuningConfig(task, lora, optimizer, training, value);
  }
}
