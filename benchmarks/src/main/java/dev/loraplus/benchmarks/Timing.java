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

  double median() {
    return median(milliseconds);
  }
}
