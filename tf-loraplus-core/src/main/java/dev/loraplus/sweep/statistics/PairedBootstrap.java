package dev.loraplus.sweep.statistics;

import dev.loraplus.config.Faults;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Confidence intervals for the difference of two methods that ran with the same seeds on the same
 * examples (Efron and Tibshirani, An Introduction to the Bootstrap, chapters 8 and 13: the
 * percentile interval, resampling whole pairs). Each resample draws seeds and examples with
 * replacement, the same for both methods, so what both find easy or hard cancels.
 *
 * <p>With few seeds the interval is too narrow in the direction of the seeds: 3 seeds can be drawn
 * in only 10 different ways.
 *
 * @param resamples at least 100
 * @param confidence in (0, 1), such as 0.95
 * @param seed decides the draws
 */
public record PairedBootstrap(int resamples, double confidence, long seed) {
  /**
   * Checks the ranges above.
   *
   * @param resamples at least 100
   * @param confidence in (0, 1), such as 0.95
   * @param seed decides the draws
   */
  public PairedBootstrap {
    new Faults()
        .require(resamples >= 100, "resamples: must be at least 100, got %s", resamples)
        .require(
            confidence > 0 && confidence < 1, "confidence: must be in (0, 1), got %s", confidence)
        .throwIfAny();
  }

  /**
   * 95% intervals from 5000 resamples.
   *
   * @return the bootstrap
   */
  public static PairedBootstrap standard() {
    return new PairedBootstrap(5000, 0.95, 0);
  }

  /** A score of some examples. */
  @FunctionalInterface
  public interface Statistic {
    /**
     * The score.
     *
     * @param outcomes what a trial gave for every example
     * @param rows the examples that count, repeats included
     * @return such as the mean of the outcomes over the rows
     */
    double of(double[] outcomes, int[] rows);
  }

  /**
   * The mean of the outcomes, such as the accuracy for outcomes of 0 and 1.
   *
   * @return the statistic
   */
  public static Statistic mean() {
    return (outcomes, rows) -> {
      double sum = 0;
      for (int row : rows) {
        sum += outcomes[row];
      }
      return sum / rows.length;
    };
  }

  /**
   * The interval of statistic(a) - statistic(b), averaged over seeds.
   *
   * @param a for each seed the outcome of every example
   * @param b the same seeds and examples
   * @param statistic the score
   * @return the interval
   * @throws dev.loraplus.config.ConfigurationException if seeds or examples do not match or there
   *     are none
   */
  public Interval difference(List<double[]> a, List<double[]> b, Statistic statistic) {
    requirePairs(a, b);
    int examples = a.get(0).length;
    int[] allSeeds = range(a.size());
    int[] allRows = range(examples);
    SplittableRandom random = new SplittableRandom(seed);
    double[] differences = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      int[] seeds = draw(random, a.size());
      int[] rows = draw(random, examples);
      differences[i] = difference(a, b, statistic, seeds, rows);
    }
    Arrays.sort(differences);
    double tail = (1 - confidence) / 2;
    return new Interval(
        difference(a, b, statistic, allSeeds, allRows),
        quantile(differences, tail),
        quantile(differences, 1 - tail),
        confidence);
  }

  /**
   * The interval of the mean of a - b where seeds are all there is to resample.
   *
   * @param a a score for each seed
   * @param b the same seeds
   * @return the interval
   * @throws dev.loraplus.config.ConfigurationException if the seeds do not match or there are none
   */
  public Interval differenceBySeed(List<Double> a, List<Double> b) {
    return difference(single(a), single(b), mean());
  }

  private static List<double[]> single(List<Double> values) {
    return values.stream().map(value -> new double[] {value}).toList();
  }

  private static double difference(
      List<double[]> a, List<double[]> b, Statistic statistic, int[] seeds, int[] rows) {
    double sum = 0;
    for (int s : seeds) {
      sum += statistic.of(a.get(s), rows) - statistic.of(b.get(s), rows);
    }
    return sum / seeds.length;
  }

  /** Linear between the order statistics. */
  static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  private static int[] draw(SplittableRandom random, int count) {
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = random.nextInt(count);
    }
    return drawn;
  }

  private static int[] range(int count) {
    int[] range = new int[count];
    Arrays.setAll(range, i -> i);
    return range;
  }

  private static void requirePairs(List<double[]> a, List<double[]> b) {
    Faults faults = new Faults();
    faults.require(
        !a.isEmpty() && a.size() == b.size(),
        "bootstrap: both methods need the same seeds and at least one, got %s and %s",
        a.size(),
        b.size());
    faults.throwIfAny();
    int examples = a.get(0).length;
    for (int i = 0; i < a.size(); i++) {
      faults.require(
          examples > 0 && a.get(i).length == examples && b.get(i).length == examples,
          "bootstrap: every seed needs the same examples and at least one, got %s, %s and %s",
          examples,
          a.get(i).length,
          b.get(i).length);
    }
    faults.throwIfAny();
  }
}
