package dev.loraplus.training.metrics;

/** The mean of the F1 of the classes that occur or are predicted, as scikit-learn defines it. */
public record MacroF1() implements ClassificationMetric {
  @Override
  public String name() {
    return "macro_f1";
  }

  /** Macro F1 = mean over classes of 2 TP / (2 TP + FP + FN). */
  @Override
  public double score(int[] predicted, int[] actual) {
    Confusion confusion = Confusion.of(predicted, actual);
    return confusion
        .labels()
        .filter(label -> confusion.actual(label) + confusion.predicted(label) > 0)
        .mapToDouble(confusion::f1)
        .average()
        .orElseThrow();
  }
}
