package dev.loraplus.samples.quickstart;

import dev.loraplus.training.monitor.LossHistory;
import java.util.List;
import java.util.OptionalInt;

/**
 * One run of an arm.
 *
 * @param seed its seed
 * @param accuracy share of development texts that it classifies rightly at the end
 * @param losses training loss by step
 * @param seconds wall time of training, without preparation and evaluation
 */
record Trial(long seed, double accuracy, List<LossHistory.Point> losses, double seconds) {
  /** Steps that the loss is averaged over: one batch alone is mostly noise. */
  private static final int WINDOW = 20;

  /** Mean training loss of the last steps. */
  double finalLoss() {
    return windowMean(losses.size());
  }

  /** The first step whose mean loss over the window is at most a target; empty if none is. */
  OptionalInt stepsTo(double target) {
    for (int end = Math.min(WINDOW, losses.size()); end <= losses.size(); end++) {
      if (windowMean(end) <= target) {
        return OptionalInt.of(end);
      }
    }
    return OptionalInt.empty();
  }

  private double windowMean(int end) {
    return losses.subList(Math.max(0, end - WINDOW), end).stream()
        .mapToDouble(LossHistory.Point::loss)
        .average()
        .orElse(Double.NaN);
  }
}
