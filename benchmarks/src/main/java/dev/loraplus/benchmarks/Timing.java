package dev.loraplus.benchmarks;

import java.util.Arrays;

/**
 * Some steps in a row, the last of which was waited for.
 *
 * @param milliseconds of a step: those of all over their number
 * @param loss of the last step
 */
record Timing(double milliseconds, double loss) {
  /** Of steps that began at a time of {@link System#nanoTime}. */
  static Timing since(long started, int steps, double loss) {
    return new Timing((System.nanoTime() - started) / 1e6 / steps, loss);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double least(double[] values) {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }

  static double most(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }
}
