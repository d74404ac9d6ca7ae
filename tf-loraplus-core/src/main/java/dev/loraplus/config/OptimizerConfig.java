package dev.loraplus.config;

import java.util.OptionalDouble;

/**
 * LoRA+ (Hayou et al., arXiv 2402.12354): one update rule, two rates, eta_B = ratio x eta_A.
 *
 * @param rule the update rule
 * @param learningRate eta_A, the rate of A and of saved weights, above 0
 * @param ratio eta_B / eta_A; at least 1 unless {@code allowRatioBelowOne}
 * @param embeddingLearningRate absolute rate of embedding adapters, not times the ratio
 * @param savedModulesLearningRate absolute rate of modules trained in full; absent means peft's
 *     rule (weights at eta_A, biases and norms at eta_B)
 * @param weightDecay decay of every parameter that is not excluded, at least 0
 * @param decayExclusions what decay leaves alone
 * @param maxGradNorm clips the global gradient norm, above 0; absent means no clipping
 * @param schedule the course of the rates; it scales every group alike
 * @param allowRatioBelowOne whether a ratio below 1 is meant
 */
public record OptimizerConfig(
    UpdateRule rule,
    double learningRate,
    double ratio,
    double embeddingLearningRate,
    OptionalDouble savedModulesLearningRate,
    double weightDecay,
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
   * @param embeddingLearningRate absolute rate of embedding adapters, not times the ratio
   * @param savedModulesLearningRate absolute rate of modules trained in full; absent means peft's
   *     rule (weights at eta_A, biases and norms at eta_B)
   * @param weightDecay decay of every parameter that is not excluded, at least 0
   * @param decayExclusions what decay leaves alone
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
    requireRate(faults, "embeddingLearningRate", embeddingLearningRate);
    savedModulesLearningRate.ifPresent(
        rate -> requireRate(faults, "savedModulesLearningRate", rate));
    faults.require(
        weightDecay >= 0 && Double.isFinite(weightDecay),
        "weightDecay: must be at least 0 and finite, got %s",
        weightDecay);
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
        DEFAULT_EMBEDDING_LEARNING_RATE,
        OptionalDouble.empty(),
        0.0,
        DecayExclusions.standard(),
        OptionalDouble.empty(),
        Schedule.constant(),
        false);
  }

  private static void requireRate(Faults faults, String name, double rate) {
    faults.require(
        rate > 0 && Double.isFinite(rate), "%s: must be above 0 and finite, got %s", name, rate);
  }
}
