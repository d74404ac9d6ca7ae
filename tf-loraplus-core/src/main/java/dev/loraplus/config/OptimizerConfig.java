package dev.loraplus.config;

import java.util.OptionalDouble;

/**
 * LoRA+ (Hayou et al., arXiv 2402.12354): one update rule, two rates, eta_B = ratio x eta_A.
 *
 * @param rule the update rule
 * @param learningRate eta_A, the rate of A and of saved weights, above 0
 * @param ratio eta_B / eta_A; at least 1 unless {@code allowRatioBelowOne}
 * @param embeddingLearningRate absolute rate of embedding adapters, not times the ratio; absent
 *     means {@link #DEFAULT_EMBEDDING_LEARNING_RATE}
 * @param savedModulesLearningRate absolute rate of modules trained in full; absent means peft's
 *     rule (weights at eta_A, biases and norms at eta_B)
 * @param weightDecay decay of every parameter that is not excluded, at least 0; absent means 0
 * @param decayExclusions what decay leaves alone; another choice than the standard one needs a
 *     decay
 * @param maxGradNorm clips the global gradient norm, above 0; absent means no clipping
 * @param schedule the course of the rates; it scales every group alike
 * @param allowRatioBelowOne whether a ratio below 1 is meant
 */
public record OptimizerConfig(
    UpdateRule rule,
    double learningRate,
    double ratio,
    OptionalDouble embeddingLearningRate,
    OptionalDouble savedModulesLearningRate,
    OptionalDouble weightDecay,
    DecayExclusions decayExclusions,
    OptionalDouble maxGradNorm,
    Schedule schedule,
    boolean allowRatioBelowOne) {

  /** The absolute rate of embedding adapters where none is chosen; peft's default. */
  public static final double DEFAULT_EMBEDDING_LEARNING_RATE = 1e-6;

  /**
   * Checks every rule above and reports all faults together.
   *
   * @param rule the update rule
   * @param learningRate eta_A, the rate of A and of saved weights, above 0
   * @param ratio eta_B / eta_A; at least 1 unless {@code allowRatioBelowOne}
   * @param embeddingLearningRate absolute rate of embedding adapters, not times the ratio; absent
   *     means {@link #DEFAULT_EMBEDDING_LEARNING_RATE}
   * @param savedModulesLearningRate absolute rate of modules trained in full; absent means peft's
   *     rule (weights at eta_A, biases and norms at eta_B)
   * @param weightDecay decay of every parameter that is not excluded, at least 0; absent means 0
   * @param decayExclusions what decay leaves alone; another choice than the standard one needs a
   *     decay
   * @param maxGradNorm clips the global gradient norm, above 0; absent means no clipping
   * @param schedule the course of the rates; it scales every group alike
   * @param allowRatioBelowOne whether a ratio below 1 is meant
   */
  public OptimizerConfig {
    Faults faults = new Faults();
    requireRate(faults, "learningRate", learningRate);
    faults.require(
        ratio > 0 && Double.isFinite(ratio), "ratio: must be above 0 and finite, got %s", ratio);
    faults.require(
        !(ratio > 0) || ratio >= 1 || allowRatioBelowOne,
        "ratio: must be at least 1, got %s (B learns faster than A in LoRA+; set"
            + " allowRatioBelowOne if a smaller ratio is meant)",
        ratio);
    embeddingLearningRate.ifPresent(rate -> requireRate(faults, "embeddingLearningRate", rate));
    savedModulesLearningRate.ifPresent(
        rate -> requireRate(faults, "savedModulesLearningRate", rate));
    weightDecay.ifPresent(
        decay ->
            faults.require(
                decay >= 0 && Double.isFinite(decay),
                "weightDecay: must be at least 0 and finite, got %s",
                decay));
    if (weightDecay.isEmpty()) {
      requireNoExclusions(faults, decayExclusions);
    }
    maxGradNorm.ifPresent(
        norm ->
            faults.require(
                norm > 0 && Double.isFinite(norm),
                "maxGradNorm: must be above 0 and finite, got %s",
                norm));
    faults.throwIfAny();
  }

  /**
   * AdamW with a constant rate, no decay, no clipping and peft's defaults.
   *
   * @param learningRate eta_A
   * @param ratio eta_B / eta_A
   * @return the configuration
   */
  public static OptimizerConfig of(double learningRate, double ratio) {
    return new OptimizerConfig(
        UpdateRule.adamW(),
        learningRate,
        ratio,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        DecayExclusions.standard(),
        OptionalDouble.empty(),
        Schedule.constant(),
        false);
  }

  /**
   * Refuses a schedule of which a part lies beyond a run, where its length in steps is known; that
   * of epochs is known with the data only.
   *
   * @param length of the run
   * @throws ConfigurationException as {@link Schedule#requireReached}
   */
  public void requireReached(RunLength length) {
    if (length instanceof RunLength.Steps steps) {
      schedule.requireReached(steps.count());
    }
  }

  /**
   * The rate of embedding adapters.
   *
   * @return what was chosen, else {@link #DEFAULT_EMBEDDING_LEARNING_RATE}
   */
  public double embeddingRate() {
    return embeddingLearningRate.orElse(DEFAULT_EMBEDDING_LEARNING_RATE);
  }

  /**
   * The decay of every parameter that is not excluded.
   *
   * @return what was chosen, else 0
   */
  public double decay() {
    return weightDecay.orElse(0);
  }

  /** A decay of 0 that is set is no fault: a sweep over the decay keeps the rest as it is. */
  private static void requireNoExclusions(Faults faults, DecayExclusions exclusions) {
    String advice = "has no effect without a weight decay; set weightDecay too";
    faults.require(
        exclusions.patterns().isEmpty(),
        "excludeFromDecay: %s, got %s",
        advice,
        exclusions.patterns());
    faults.require(exclusions.biases(), "decayBiases: %s", advice);
    faults.require(exclusions.layerNorms(), "decayLayerNorms: %s", advice);
  }

  private static void requireRate(Faults faults, String name, double rate) {
    faults.require(
        rate > 0 && Double.isFinite(rate), "%s: must be above 0 and finite, got %s", name, rate);
  }
}
