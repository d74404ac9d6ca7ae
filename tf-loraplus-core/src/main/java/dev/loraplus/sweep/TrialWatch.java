package dev.loraplus.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes what a running trial reports, and ends it once it has diverged. */
public final class TrialWatch {
  private final Trial trial;
  private final DivergenceRule rule;
  private final SweepListener listener;
  private final List<Double> losses = new ArrayList<>();
  private final List<TrialResult.Measurement> measurements = new ArrayList<>();

  TrialWatch(Trial trial, DivergenceRule rule, SweepListener listener) {
    this.trial = trial;
    this.rule = rule;
    this.listener = listener;
  }

  /**
   * Takes the training loss of the next step.
   *
   * @param loss as computed before the step's update
   * @throws TrialDivergedException if the trial is to end
   */
  public void loss(double loss) {
    losses.add((double) (float) loss);
    listener.onStep(trial, losses.size(), loss);
    rule.fault(losses)
        .ifPresent(
            reason -> {
              throw new TrialDivergedException(reason);
            });
  }

  /**
   * Takes scores on the way.
   *
   * @param step optimizer steps taken before
   * @param metrics by name
   */
  public void measured(long step, Map<String, Double> metrics) {
    measurements.add(new TrialResult.Measurement(step, metrics));
  }

  /**
   * For a runner that finds out by itself that a trial has diverged: {@code throw
   * watch.diverged("...")}.
   *
   * @param reason in a few words
   * @return to be thrown
   */
  public TrialDivergedException diverged(String reason) {
    return new TrialDivergedException(reason);
  }

  List<Double> losses() {
    return losses;
  }

  List<TrialResult.Measurement> measurements() {
    return measurements;
  }
}
