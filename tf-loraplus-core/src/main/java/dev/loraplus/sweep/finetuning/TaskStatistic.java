package dev.loraplus.sweep.finetuning;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.LabelIndex;
import dev.loraplus.data.Target;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import dev.loraplus.training.metrics.ClassificationMetric;
import dev.loraplus.training.metrics.Metric;
import dev.loraplus.training.metrics.Metrics;
import dev.loraplus.training.metrics.RegressionMetric;
import java.util.Arrays;
import java.util.List;

/** A task's metric as a statistic of predictions, for intervals over examples and seeds. */
public final class TaskStatistic {
  private TaskStatistic() {}

  /**
   * The statistic.
   *
   * @param task classification or regression
   * @param metric one of the task's metrics
   * @param evaluation the data that the predictions are for
   * @return score of the predictions, which are class ids or scores, on chosen examples
   * @throws ConfigurationException if the task gives no predictions or has no such metric
   */
  public static PairedBootstrap.Statistic of(Task task, String metric, Dataset evaluation) {
    if (task instanceof Task.Classification classification) {
      LabelIndex labels = LabelIndex.of(classification.labels());
      int[] actual =
          evaluation.examples().stream()
              .mapToInt(example -> labels.id(((Target.Label) example.target()).name()))
              .toArray();
      ClassificationMetric wanted =
          named(Metrics.forClassification(classification.labels()), metric);
      return (predicted, rows) ->
          wanted.score(
              Arrays.stream(rows).map(row -> (int) predicted[row]).toArray(),
              Arrays.stream(rows).map(row -> actual[row]).toArray());
    }
    if (task instanceof Task.Regression) {
      double[] actual = evaluation.examples().stream().mapToDouble(TaskStatistic::score).toArray();
      RegressionMetric wanted = named(Metrics.forRegression(), metric);
      return (predicted, rows) ->
          wanted.score(
              Arrays.stream(rows).mapToDouble(row -> predicted[row]).toArray(),
              Arrays.stream(rows).mapToDouble(row -> actual[row]).toArray());
    }
    throw new ConfigurationException(
        "statistic: needs a classification or regression, got " + task);
  }

  private static double score(Example example) {
    return ((Target.Score) example.target()).value();
  }

  private static <M extends Metric> M named(List<M> metrics, String name) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    String.format(
                        "metric: must be one of %s, got '%s'",
                        metrics.stream().map(Metric::name).toList(), name)));
  }
}
