package dev.loraplus.training;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a run remembers between steps besides the variables: scores, the best one, patience. */
final class Progress {
  private static final Set<String> LOWER_IS_BETTER =
      Set.of("loss", "mean_squared_error", Evaluator.PERPLEXITY);

  private final EvaluationConfig config;
  private final String metric;
  private final List<EvaluationReport> evaluations = new ArrayList<>();
  private double lastLoss = Double.NaN;
  private int best = -1;
  private long withoutGain;

  /**
   * Nothing so far.
   *
   * @param metrics names of all, the first decides by default
   * @throws ConfigurationException if there is no metric of the configured name
   */
  Progress(EvaluationConfig config, List<String> metrics) {
    this.config = config;
    this.metric = config.metric().orElse(metrics.get(0));
    if (!metrics.contains(metric)) {
      throw new ConfigurationException(
          "metric: must be one of " + metrics + ", got '" + metric + "'");
    }
  }

  /**
   * Takes a score; true if it is the best so far. One that is no number, such as the correlation of
   * constant predictions, is never best.
   */
  boolean add(EvaluationReport report) {
    evaluations.add(report);
    boolean better = best < 0 ? !Double.isNaN(value(report)) : gains(report);
    if (better) {
      best = evaluations.size() - 1;
      withoutGain = 0;
    } else {
      withoutGain++;
    }
    return better;
  }

  /** Whether a score is better than the best one by the least gain; false for NaN. */
  private boolean gains(EvaluationReport report) {
    double difference = value(report) - value(evaluations.get(best));
    double gain = LOWER_IS_BETTER.contains(metric) ? -difference : difference;
    return gain > 0 && gain >= config.minimumGain();
  }

  private double value(EvaluationReport report) {
    return metric.equals("loss")
        ? report.loss()
        : report.metrics().getOrDefault(metric, Double.NaN);
  }

  /** Whether the metric has not gained for too long, so that the run should end. */
  boolean outOfPatience() {
    return config.patience().isPresent() && withoutGain >= config.patience().getAsLong();
  }

  /** Whether the latest scores are those after some steps. */
  boolean evaluatedAt(long step) {
    return !evaluations.isEmpty() && evaluations.get(evaluations.size() - 1).step() == step;
  }

  /** All scores, in order. */
  List<EvaluationReport> evaluations() {
    return List.copyOf(evaluations);
  }

  /** The best scores; empty before there are any. */
  Optional<EvaluationReport> best() {
    return best < 0 ? Optional.empty() : Optional.of(evaluations.get(best));
  }

  /** The training loss of the last step; NaN before the first. */
  double lastLoss() {
    return lastLoss;
  }

  /** Takes the training loss of a step. */
  void lastLoss(double loss) {
    lastLoss = loss;
  }

  /** Replays the scores of an earlier part of the run, instead of what was there. */
  void restore(List<EvaluationReport> earlier, double loss) {
    evaluations.clear();
    best = -1;
    withoutGain = 0;
    earlier.forEach(this::add);
    lastLoss = loss;
  }
}
