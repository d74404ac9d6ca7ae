package dev.loraplus.config;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * When the evaluation data is scored and what follows from the score.
 *
 * @param everySteps optimizer steps between evaluations; absent means at the end of each epoch
 * @param metric decides which state is best, such as {@code accuracy} or {@code loss}; absent means
 *     the task's first metric
 * @param keepBest whether the run ends with the best state instead of the last
 * @param patience evaluations without a better score after which the run stops; absent means never
 * @param minimumGain least improvement of the metric that counts as better, at least 0
 */
public record EvaluationConfig(
    OptionalLong everySteps,
    Optional<String> metric,
    boolean keepBest,
    OptionalLong patience,
    double minimumGain) {
  /**
   * Checks the ranges above.
   *
   * @param everySteps optimizer steps between evaluations; absent means at the end of each epoch
   * @param metric decides which state is best, such as {@code accuracy} or {@code loss}; absent
   *     means the task's first metric
   * @param keepBest whether the run ends with the best state instead of the last
   * @param patience evaluations without a better score after which the run stops; absent means
   *     never
   * @param minimumGain least improvement of the metric that counts as better, at least 0
   */
  public EvaluationConfig {
    Faults faults = new Faults();
    everySteps.ifPresent(
        steps -> faults.require(steps >= 1, "evaluateEvery: must be at least 1, got %s", steps));
    patience.ifPresent(
        count -> faults.require(count >= 1, "patience: must be at least 1, got %s", count));
    faults.require(
        minimumGain >= 0 && Double.isFinite(minimumGain),
        "minimumGain: must be at least 0, got %s",
        minimumGain);
    faults.throwIfAny();
  }

  /**
   * At the end of each epoch, without consequences.
   *
   * @return the configuration
   */
  public static EvaluationConfig everyEpoch() {
    return new EvaluationConfig(
        OptionalLong.empty(), Optional.empty(), false, OptionalLong.empty(), 0);
  }
}
