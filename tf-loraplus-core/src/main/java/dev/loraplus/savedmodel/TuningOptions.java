package dev.loraplus.savedmodel;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import org.jspecify.annotations.Nullable;

/** Options of {@link SavedModelTuning}; adapters, loss and optimizer must be given. */
public final class TuningOptions {
  private final FlatGraph base;
  private @Nullable LoraConfig lora;
  private @Nullable TrainingLoss loss;
  private @Nullable OptimizerConfig optimizer;
  private AdapterPlacement placement = AdapterPlacement.AUTOMATIC;
  private long totalSteps;
  private long seed;

  TuningOptions(FlatGraph base) {
    this.base = base;
  }

  /**
   * Where adapters attach, and what else trains.
   *
   * @param config targets are names of variables
   * @return this
   */
  public TuningOptions lora(LoraConfig config) {
    this.lora = config;
    return this;
  }

  /**
   * Where adapters come in.
   *
   * @param choice beside products or in weights; AUTOMATIC where none is given
   * @return this
   */
  public TuningOptions placement(AdapterPlacement choice) {
    this.placement = choice;
    return this;
  }

  /**
   * What the model learns.
   *
   * @param trainingLoss one of {@link dev.loraplus.savedmodel.loss.SignatureLoss}, or your own
   * @return this
   */
  public TuningOptions loss(TrainingLoss trainingLoss) {
    this.loss = trainingLoss;
    return this;
  }

  /**
   * How it learns.
   *
   * @param config rule, rates, decay, clipping and schedule
   * @return this
   */
  public TuningOptions optimizer(OptimizerConfig config) {
    this.optimizer = config;
    return this;
  }

  /**
   * How many steps are planned; needed for schedules that are not constant.
   *
   * @param steps at least 0
   * @return this
   */
  public TuningOptions totalSteps(long steps) {
    this.totalSteps = steps;
    return this;
  }

  /**
   * What decides the fresh values of adapters, and dropout.
   *
   * @param value any number; 0 where none is given
   * @return this
   */
  public TuningOptions seed(long value) {
    this.seed = value;
    return this;
  }

  /**
   * Adapts the model and adds loss and optimizer; nothing has trained yet.
   *
   * @return the run; the caller closes it
   * @throws ConfigurationException if an option is missing or does not fit the model
   * @throws dev.loraplus.savedmodel.flat.SavedModelException if the loss does not fit the model
   * @throws dev.loraplus.savedmodel.gradient.NotDifferentiableException naming every op between the
   *     loss and an adapter that has no gradient
   */
  public SavedModelTuning prepare() {
    return SavedModelTuning.prepare(
        new SavedModelTuning.Settings(
            base,
            given("lora", lora),
            placement,
            given("loss", loss),
            given("optimizer", optimizer),
            totalSteps,
            seed));
  }

  private static <T> T given(String option, @Nullable T value) {
    if (value == null) {
      throw new ConfigurationException(option + ": must be given");
    }
    return value;
  }
}
