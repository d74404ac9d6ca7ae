package dev.loraplus.training.metrics;

/** A measure of predicted classes. */
public non-sealed interface ClassificationMetric extends Metric {

  /**
   * Compares predictions with the truth.
   *
   * @param predicted class ids from 0, one for each example, at least one
   * @param actual true class ids, as many
   * @return the value, always finite
   * @throws IllegalArgumentException if there are no examples, the lengths differ or an id is
   *     negative
   */
  double score(int[] predicted, int[] actual);
}
