package dev.loraplus.samples.options;

import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Faults;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/** Everything that a run is told besides model, task and data: three records of core. */
public final class FineTuningOptions {
  @Mixin private final AdapterOptions adapters = new AdapterOptions();
  @Mixin private final OptimizerOptions optimizer = new OptimizerOptions();
  @Mixin private final TrainingOptions training = new TrainingOptions();
  @Mixin private final ComputeOptions compute = new ComputeOptions();

  /**
   * What the user chose, before the labels of the task are known.
   *
   * @param lora which adapters
   * @param optimizer how they learn
   * @param training over how much data
   * @param compute in which precision, and what is compiled
   */
  public record Choice(
      LoraConfig lora, OptimizerConfig optimizer, TrainingConfig training, ComputeConfig compute) {
    /**
     * The whole configuration.
     *
     * @param task what the model learns to give
     * @return the configuration
     */
    public FineTuningConfig with(Task task) {
      return new FineTuningConfig(task, lora, optimizer, training, compute);
    }
  }

  /**
   * Checks all options together.
   *
   * @param usual what gets adapters where nothing is chosen
   * @param others rules on other options, which throw what they find
   * @return the choice
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  public Choice check(Supplier<TargetModules> usual, Runnable... others) {
    Faults faults = new Faults();
    LoraConfig lora = faults.collect(() -> adapters.config(usual));
    OptimizerConfig optimizerConfig = faults.collect(optimizer::config);
    TrainingConfig trainingConfig = faults.collect(training::config);
    if (optimizerConfig != null && trainingConfig != null) {
      faults.check(() -> optimizerConfig.requireReached(trainingConfig.length()));
    }
    for (Runnable other : others) {
      faults.check(other);
    }
    faults.throwIfAny();
    return new Choice(
        Faults.built(lora),
        Faults.built(optimizerConfig),
        Faults.built(trainingConfig),
        compute.config());
  }

  /**
   * What is said of the run.
   *
   * @return the options
   */
  public TrainingOptions training() {
    return training;
  }
}
