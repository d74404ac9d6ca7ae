package dev.loraplus.training.metrics;

/** A measure of predictions against the truth. */
public sealed interface Metric permits ClassificationMetric, RegressionMetric {

  /** Which values are better. */
  enum Better {
    /** As with accuracy. */
    HIGHER,
    /** As with errors. */
    LOWER
  }

  /**
   * Name in reports and logs, such as {@code accuracy}.
   *
   * @return lower case, words joined by underscores
   */
  String name();

  /**
   * Which values are better, for keeping the best checkpoint.
   *
   * @return the direction
   */
  default Better better() {
    return Better.HIGHER;
  }
}
