package dev.loraplus.benchmarks;

import java.util.Arrays;

/**
 * Some steps in a row.
 *
 * @param milliseconds of each step
 * @param loss of the last step
 */
@SuppressWarnings("ArrayRecordComponent")
record Timing(double[] milliseconds, double loss) {
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

  double median() {
    return median(milliseconds);
  }
}
