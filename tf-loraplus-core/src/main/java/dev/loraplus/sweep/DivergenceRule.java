package dev.loraplus.sweep;

import dev.loraplus.config.Faults;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * When a trial is given up: a loss that is not finite, or
 *
 * <pre>mean(last w losses) > factor mean(first w losses)</pre>
 *
 * @param factor above 1
 * @param window w, steps that are averaged over, at least 1
 */
public record DivergenceRule(double factor, int window) {
  /**
   * Checks the ranges above.
   *
   * @param factor above 1
   * @param window steps that are averaged over, at least 1
   */
  public DivergenceRule {
    new Faults()
        .require(
            factor > 1 && Double.isFinite(factor),
            "divergence factor: must be above 1, got %s",
            factor)
        .require(window >= 1, "divergence window: must be at least 1, got %s", window)
        .throwIfAny();
  }

  /**
   * Three times the loss of the start, over 8 steps: far above the noise of batches, and a
   * classifier that answers at random is at one.
   *
   * @return the rule
   */
  public static DivergenceRule standard() {
    return new DivergenceRule(3, 8);
  }

  /** Why the trial is given up after the last of these losses, if it is. */
  Optional<String> fault(List<Double> losses) {
    int count = losses.size();
    double last = losses.get(count - 1);
    if (!Double.isFinite(last)) {
      return Optional.of(String.format(Locale.ROOT, "the loss of step %d is %s", count, last));
    }
    if (count < 2 * window) {
      return Optional.empty();
    }
    double start = mean(losses.subList(0, window));
    double now = mean(losses.subList(count - window, count));
    return now > factor * start
        ? Optional.of(
            String.format(
                Locale.ROOT, "the loss is %.4g at step %d, %.4g at the start", now, count, start))
        : Optional.empty();
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
