package dev.loraplus.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * When the evaluation data is scored and what follows from the score.
 *
 * @param everySteps optimizer steps between evaluations; absent means at the end of each epoch
 * @param metric decides which state is best, such as {@code accuracy} or {@code loss}; absent means
 *     the task's first metric; needs {@code keepBest} or {@code patience}
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
    boolean decides = keepBest || patience.isPresent();
    faults.require(
        decides || metric.isEmpty(),
        "metric: has no effect without keepBest or early stopping (patience), got %s",
        metric.orElse(""));
    faults.require(
        decides || !(minimumGain > 0),
        "minimumGain: has no effect without keepBest or early stopping (patience), got %s",
        minimumGain);
    faults.throwIfAny();
  }

  /**
   * Whether the state after some steps is scored; that at the end of a run is so anyhow.
   *
   * @param step steps taken, at least 1
   * @param stepsOfEpoch steps of an epoch
   * @return true every so many steps, or at the end of each epoch
   */
  public boolean due(long step, long stepsOfEpoch) {
    return step % everySteps.orElse(stepsOfEpoch) == 0;
  }

  /**
   * Refuses every setting other than the default ones, for a run that has nothing to score.
   *
   * @throws ConfigurationException naming the settings
   */
  public void requireUnset() {
    List<String> set = new ArrayList<>();
    everySteps.ifPresent(steps -> set.add("evaluateEvery"));
    metric.ifPresent(name -> set.add("evaluation metric"));
    if (keepBest) {
      set.add("keepBest");
    }
    patience.ifPresent(count -> set.add("evaluation patience"));
    if (minimumGain > 0) {
      set.add("minimumGain");
    }
    if (!set.isEmpty()) {
      throw new ConfigurationException(
          String.join(", ", set) + ": evaluation data is needed, there is none");
    }
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
