package dev.loraplus.training.metrics;

/** A measure of predicted numbers. */
public non-sealed interface RegressionMetric extends Metric {

  /**
   * Compares predictions with the truth.
   *
   * @param predicted numbers, one for each example, at least one, finite
   * @param actual true numbers, as many, finite
   * @return the value
   * @throws IllegalArgumentException if there are no examples, the lengths differ or a number is
   *     not finite
   */
  double score(double[] predicted, double[] actual);
}
