package dev.loraplus.training.metrics;

/**
 * The harmonic mean of precision and recall of one class, as GLUE gives for MRPC and QQP.
 *
 * @param positive id of the class, 1 by convention
 */
public record BinaryF1(int positive) implements ClassificationMetric {
  /**
   * Checks the id.
   *
   * @param positive id of the class, 1 by convention
   */
  public BinaryF1 {
    if (positive < 0) {
      throw new IllegalArgumentException("positive: must be 0 or more, got " + positive);
    }
  }

  @Override
  public String name() {
    return "f1";
  }

  /** F1 = 2 TP / (2 TP + FP + FN); 0 where the class neither occurs nor is predicted. */
  @Override
  public double score(int[] predicted, int[] actual) {
    return Confusion.of(predicted, actual).f1(positive);
  }
}
