package dev.loraplus.training.metrics;

/**
 * The correlation of predicted and true classes, for two classes or more (Gorodkin: Comparing two
 * K-category assignments by a K-category correlation coefficient, 2004). GLUE gives it for CoLA.
 */
public record MatthewsCorrelation() implements ClassificationMetric {
  @Override
  public String name() {
    return "matthews_correlation";
  }

  /**
   * With n examples, c hits, t<sub>k</sub> examples of class k and p<sub>k</sub> predictions of it:
   * (c n - sum t<sub>k</sub> p<sub>k</sub>) / sqrt((n<sup>2</sup> - sum p<sub>k</sub><sup>2</sup>)
   * (n<sup>2</sup> - sum t<sub>k</sub><sup>2</sup>)). Where all predictions or all examples are of
   * one class this is 0 / 0, and 0 is given, as by scikit-learn.
   */
  @Override
  public double score(int[] predicted, int[] actual) {
    Confusion confusion = Confusion.of(predicted, actual);
    double n = confusion.examples();
    double both = 0;
    double predictions = 0;
    double truths = 0;
    for (int k = 0; k < confusion.classes(); k++) {
      double p = confusion.predicted(k);
      double t = confusion.actual(k);
      both += t * p;
      predictions += p * p;
      truths += t * t;
    }
    double spread = (n * n - predictions) * (n * n - truths);
    return spread == 0 ? 0 : (confusion.allHits() * n - both) / Math.sqrt(spread);
  }
}
