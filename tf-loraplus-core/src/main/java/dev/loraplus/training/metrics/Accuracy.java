package dev.loraplus.training.metrics;

/** The part of the examples whose class was predicted. */
public record Accuracy() implements ClassificationMetric {
  @Override
  public String name() {
    return "accuracy";
  }

  /** Accuracy = hits / examples. */
  @Override
  public double score(int[] predicted, int[] actual) {
    Confusion confusion = Confusion.of(predicted, actual);
    return (double) confusion.allHits() / confusion.examples();
  }
}
