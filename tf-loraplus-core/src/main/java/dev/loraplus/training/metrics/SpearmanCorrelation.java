package dev.loraplus.training.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** How far two sets of numbers have the same order, from -1 to 1. GLUE gives it for STS-B. */
public record SpearmanCorrelation() implements RegressionMetric {
  @Override
  public String name() {
    return "spearman";
  }

  /**
   * Pearson's correlation of the ranks, where equal numbers share the mean of their ranks. 0 where
   * all predictions or all truths are equal.
   */
  @Override
  public double score(double[] predicted, double[] actual) {
    Checks.numbers(predicted, actual);
    return PearsonCorrelation.correlation(ranks(predicted), ranks(actual));
  }

  private static double[] ranks(double[] values) {
    // Adding 0 makes -0 and 0 equal in the comparator's eyes too.
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i] + 0.0))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int start = 0;
    while (start < order.length) {
      int end = start + 1;
      while (end < order.length && values[order[end]] == values[order[start]]) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = (start + 1 + end) / 2.0;
      }
      start = end;
    }
    return ranks;
  }
}
