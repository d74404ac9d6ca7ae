package dev.loraplus.training;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.BatchPlan;
import dev.loraplus.data.batch.Batcher;
import dev.loraplus.data.batch.EncodedDataset;
import dev.loraplus.data.batch.LengthBuckets;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.training.metrics.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * Scores the evaluation data without dropout. Batches hold texts of similar length, which saves
 * padding and changes no score.
 */
final class Evaluator implements TrainingLoop.Scoring {
  static final String PERPLEXITY = "perplexity";

  private final LoadedModel model;
  private final Task task;
  private final Objective objective;
  private final EncodedDataset data;
  private final Batcher batcher;
  private final Operand<TFloat32> logits;
  private final Operand<TFloat32> lossSum;
  private double[] predictions = new double[0];

  Evaluator(
      LoadedModel model,
      Task task,
      Objective objective,
      EncodedDataset data,
      int batchSize,
      LengthBuckets buckets) {
    this.model = model;
    this.task = task;
    this.objective = objective;
    this.data = data;
    this.batcher =
        new Batcher(
            data, new Batcher.Settings(batchSize, buckets, BatchOrder.GROUPED_BY_LENGTH, 0));
    this.logits = model.outputs().logits();
    this.lossSum = objective.sum(logits);
  }

  /**
   * Scores the state after some steps.
   *
   * @throws EvaluationNotFiniteException if the loss is not finite, since no score could be
   *     compared
   */
  @Override
  public EvaluationReport at(long step) {
    long started = System.nanoTime();
    // The logits of a language model, [batch, length, vocabulary], stay in the graph.
    boolean scoresRows = task instanceof Task.Classification || task instanceof Task.Regression;
    Predictions predictions = new Predictions(data.size());
    double loss = 0;
    double weight = 0;
    long draw = 0;
    for (BatchPlan plan : batcher.epoch(0)) {
      Batch batch = batcher.assemble(plan);
      try (Feeds feeds = new Feeds(model.session().runner())) {
        weight += objective.feed(feeds, batch, 0, draw++);
        feeds.runner().fetch(lossSum);
        if (scoresRows) {
          feeds.runner().fetch(logits);
        }
        try (Result result = Runs.run(feeds.runner())) {
          loss += ((TFloat32) result.get(0)).getFloat();
          if (scoresRows) {
            predictions.add((TFloat32) result.get(1), plan.examples());
          }
        }
      }
    }
    requireFinite(loss / weight, step);
    if (scoresRows) {
      this.predictions =
          task instanceof Task.Regression
              ? predictions.scores()
              : Arrays.stream(predictions.classes()).asDoubleStream().toArray();
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new EvaluationReport(step, loss / weight, metrics(predictions, loss / weight), seconds);
  }

  /** What the latest run gave for each example: class ids or scores; else nothing. */
  double[] predictions() {
    return predictions.clone();
  }

  private static void requireFinite(double loss, long step) {
    if (!Double.isFinite(loss)) {
      throw new EvaluationNotFiniteException(step, loss);
    }
  }

  private Map<String, Double> metrics(Predictions predictions, double loss) {
    Targets targets = data.targets();
    if (task instanceof Task.Classification c && targets instanceof Targets.ClassIds actual) {
      return Metrics.scores(
          Metrics.forClassification(c.labels()), predictions.classes(), actual.ids());
    }
    if (task instanceof Task.Regression && targets instanceof Targets.Scores actual) {
      return Metrics.scores(
          Metrics.forRegression(), predictions.scores(), doubles(actual.values()));
    }
    // perplexity = exp(mean loss of a token)
    return task instanceof Task.CausalLanguageModel ? Map.of(PERPLEXITY, Math.exp(loss)) : Map.of();
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (task instanceof Task.Classification c) {
      Metrics.forClassification(c.labels()).forEach(metric -> names.add(metric.name()));
    } else if (task instanceof Task.Regression) {
      Metrics.forRegression().forEach(metric -> names.add(metric.name()));
    } else if (task instanceof Task.CausalLanguageModel) {
      names.add(PERPLEXITY);
    }
    names.add("loss");
    return List.copyOf(names);
  }
}
