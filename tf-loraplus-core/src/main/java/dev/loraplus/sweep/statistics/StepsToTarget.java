package dev.loraplus.sweep.statistics;

import dev.loraplus.config.Faults;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Steps until a target was reached, by seed, where a run that never reached it says only that it
 * takes more than its own length: it is censored. Means of the runs that did reach it would favour
 * the method that fails more often, so medians are compared, in which a censored run counts as
 * longer than all others.
 */
public final class StepsToTarget {
  private StepsToTarget() {}

  /**
   * A run.
   *
   * @param steps at which it reached the target; empty if it never did
   * @param length steps that it was watched for
   */
  public record Run(OptionalLong steps, long length) {
    /**
     * Checks the steps.
     *
     * @param steps at which it reached the target; empty if it never did
     * @param length steps that it was watched for
     */
    public Run {
      new Faults()
          .require(length >= 1, "run length: must be at least 1, got %s", length)
          .require(
              steps.orElse(length) <= length,
              "steps to the target: must be at most the length %s, got %s",
              length,
              steps)
          .throwIfAny();
    }

    double value() {
      return steps.isPresent() ? steps.getAsLong() : Double.POSITIVE_INFINITY;
    }
  }

  /**
   * The first step at which the mean over the last steps is at or below a target.
   *
   * @param losses of every step
   * @param target a loss
   * @param window steps that are averaged over: one batch alone is mostly noise
   * @return the run
   */
  public static Run ofLosses(List<Double> losses, double target, int window) {
    double sum = 0;
    for (int i = 0; i < losses.size(); i++) {
      sum += losses.get(i);
      if (i >= window) {
        sum -= losses.get(i - window);
      }
      if (i + 1 >= window && sum / window <= target) {
        return new Run(OptionalLong.of(i + 1L), losses.size());
      }
    }
    return new Run(OptionalLong.empty(), Math.max(1, losses.size()));
  }

  /**
   * The median over runs.
   *
   * @param runs at least one
   * @return empty if half of them or more never reached the target
   */
  public static OptionalLong median(List<Run> runs) {
    new Faults().require(!runs.isEmpty(), "runs: at least one is needed, got none").throwIfAny();
    double median = median(runs.stream().mapToDouble(Run::value).toArray());
    return Double.isInfinite(median) ? OptionalLong.empty() : OptionalLong.of(Math.round(median));
  }

  /**
   * The speedup median(baseline) / median(method), with a percentile bootstrap interval that
   * resamples pairs of equal seeds. Ends are infinite or 0 where the method or the baseline did not
   * reach the target in half of the runs; where neither did, the resample says nothing and is left
   * out.
   *
   * @param baseline a run for each seed
   * @param method the same seeds
   * @param bootstrap resamples, confidence and seed
   * @return the interval; NaN where no resample says anything
   * @throws dev.loraplus.config.ConfigurationException if the seeds do not match or there are none
   */
  public static Interval speedup(List<Run> baseline, List<Run> method, PairedBootstrap bootstrap) {
    new Faults()
        .require(
            !baseline.isEmpty() && baseline.size() == method.size(),
            "speedup: both methods need the same seeds and at least one, got %s and %s",
            baseline.size(),
            method.size())
        .throwIfAny();
    double[] a = baseline.stream().mapToDouble(Run::value).toArray();
    double[] b = method.stream().mapToDouble(Run::value).toArray();
    SplittableRandom random = new SplittableRandom(bootstrap.seed());
    double[] ratios = new double[bootstrap.resamples()];
    for (int i = 0; i < ratios.length; i++) {
      double[] drawnA = new double[a.length];
      double[] drawnB = new double[a.length];
      for (int j = 0; j < a.length; j++) {
        int seed = random.nextInt(a.length);
        drawnA[j] = a[seed];
        drawnB[j] = b[seed];
      }
      ratios[i] = median(drawnA) / median(drawnB);
    }
    double[] sorted = Arrays.stream(ratios).filter(r -> !Double.isNaN(r)).sorted().toArray();
    double tail = (1 - bootstrap.confidence()) / 2;
    return new Interval(
        median(a) / median(b),
        sorted.length == 0 ? Double.NaN : nearest(sorted, tail),
        sorted.length == 0 ? Double.NaN : nearest(sorted, 1 - tail),
        bootstrap.confidence());
  }

  /** An order statistic, since one cannot go half way to infinity. */
  private static double nearest(double[] sorted, double share) {
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }

  /** Of an even number, the greater of the two in the middle: a censored half is not a median. */
  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
