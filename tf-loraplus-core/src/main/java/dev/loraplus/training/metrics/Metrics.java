package dev.loraplus.training.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics that suit a task, in the order of reports. */
public final class Metrics {
  private Metrics() {}

  /**
   * Accuracy, F1 and Matthews correlation. Of two labels F1 is that of the second, of more it is
   * the mean over the labels.
   *
   * @param labels names of the classes, at least two
   * @return the metrics
   * @throws IllegalArgumentException if there are fewer than two labels
   */
  public static List<ClassificationMetric> forClassification(List<String> labels) {
    if (labels.size() < 2) {
      throw new IllegalArgumentException("labels: at least two are needed, got " + labels);
    }
    ClassificationMetric f1 = labels.size() == 2 ? new BinaryF1(1) : new MacroF1();
    return List.of(new Accuracy(), f1, new MatthewsCorrelation());
  }

  /**
   * Pearson and Spearman correlation and mean squared error.
   *
   * @return the metrics
   */
  public static List<RegressionMetric> forRegression() {
    return List.of(new PearsonCorrelation(), new SpearmanCorrelation(), new MeanSquaredError());
  }

  /**
   * Scores of several metrics.
   *
   * @param metrics what to compute
   * @param predicted class ids from 0, at least one
   * @param actual true class ids, as many
   * @return values by name, in the order of the metrics
   * @throws IllegalArgumentException if there are no examples, the lengths differ or an id is
   *     negative
   */
  public static Map<String, Double> scores(
      List<ClassificationMetric> metrics, int[] predicted, int[] actual) {
    Map<String, Double> scores = new LinkedHashMap<>();
    metrics.forEach(metric -> scores.put(metric.name(), metric.score(predicted, actual)));
    return Collections.unmodifiableMap(scores);
  }

  /**
   * Scores of several metrics.
   *
   * @param metrics what to compute
   * @param predicted numbers, at least one, finite
   * @param actual true numbers, as many, finite
   * @return values by name, in the order of the metrics
   * @throws IllegalArgumentException if there are no examples, the lengths differ or a number is
   *     not finite
   */
  public static Map<String, Double> scores(
      List<RegressionMetric> metrics, double[] predicted, double[] actual) {
    Map<String, Double> scores = new LinkedHashMap<>();
    metrics.forEach(metric -> scores.put(metric.name(), metric.score(predicted, actual)));
    return Collections.unmodifiableMap(scores);
  }
}
