package dev.loraplus.savedmodel;

import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.data.ExampleTensors;
import dev.loraplus.savedmodel.data.OutputTask;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.training.EvaluationNotFiniteException;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.TrainingLoop;
import dev.loraplus.training.metrics.ClassificationMetric;
import dev.loraplus.training.metrics.Metric;
import dev.loraplus.training.metrics.Metrics;
import dev.loraplus.training.metrics.RegressionMetric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** Loss and metrics of development data, as a model stands and without dropout. */
final class DevelopmentScores implements TrainingLoop.Scoring {
  private final SavedModelTuning tuning;
  private final TuningRunConfig config;
  private final ExampleTensors data;
  private final Output<TFloat32> output;

  DevelopmentScores(SavedModelTuning tuning, TuningRunConfig config, ExampleTensors data) {
    this.tuning = tuning;
    this.config = config;
    this.data = data;
    Output<?> raw = tuning.model().output(config.output());
    this.output =
        raw.type() == TFloat32.class
            ? raw.expect(TFloat32.class)
            : tuning
                .model()
                .tf()
                .dtypes
                .cast(raw.expect(raw.type().asSubclass(TNumber.class)), TFloat32.class)
                .asOutput();
  }

  @Override
  public List<String> names() {
    Stream<? extends Metric> metrics =
        config.task() == OutputTask.NUMBERS
            ? Metrics.forRegression().stream()
            : forClasses().stream();
    return Stream.concat(metrics.map(Metric::name), Stream.of("loss")).toList();
  }

  private List<ClassificationMetric> forClasses() {
    long classes = config.task().classifies() ? output.shape().get(-1) : 2;
    return Metrics.forClassification(
        IntStream.range(0, Math.toIntExact(classes)).mapToObj(Integer::toString).toList());
  }

  /** What was predicted and what is right, at every place with a label. */
  private record Pairs(List<Double> predicted, List<Double> actual) {}

  @Override
  public EvaluationReport at(long step) {
    long started = System.nanoTime();
    Pairs pairs = new Pairs(new ArrayList<>(), new ArrayList<>());
    double sum = 0;
    for (int start = 0; start < data.rows(); start += config.batchSize()) {
      int end = Math.min(data.rows(), start + config.batchSize());
      int before = pairs.actual().size();
      double mean = score(IntStream.range(start, end).toArray(), pairs);
      int counted = pairs.actual().size() - before;
      // Without a label the mean is 0 / 0.
      sum += counted == 0 ? 0 : mean * counted;
    }
    double loss = sum / pairs.actual().size();
    if (!Double.isFinite(loss)) {
      throw new EvaluationNotFiniteException(step, loss);
    }
    return new EvaluationReport(step, loss, metrics(pairs), (System.nanoTime() - started) / 1e9);
  }

  private double score(int[] rows, Pairs pairs) {
    Map<String, Tensor> batch = data.batch(rows);
    try (Result result = Runs.run(tuning.runner(batch).fetch(tuning.loss().mean()).fetch(output))) {
      float[] values = new float[Math.toIntExact(result.get(1).shape().size())];
      ((TFloat32) result.get(1)).asRawTensor().data().asFloats().read(values);
      double[] labels =
          IntStream.of(rows)
              .mapToObj(row -> data.numbers(SignatureLoss.LABELS, row))
              .flatMapToDouble(Arrays::stream)
              .toArray();
      int width = values.length / labels.length;
      for (int i = 0; i < labels.length; i++) {
        if (!config.task().classifies() || labels[i] >= 0) {
          pairs.predicted().add(prediction(values, i * width, width));
          pairs.actual().add(labels[i]);
        }
      }
      return ((TFloat32) result.get(0)).getFloat();
    } finally {
      batch.values().forEach(Tensor::close);
    }
  }

  private double prediction(float[] values, int start, int width) {
    return switch (config.task()) {
      case LOGITS, PROBABILITIES -> {
        int best = 0;
        for (int i = 1; i < width; i++) {
          best = values[start + i] > values[start + best] ? i : best;
        }
        yield best;
      }
      case BINARY_LOGITS -> values[start] > 0 ? 1 : 0;
      case BINARY_PROBABILITIES -> values[start] > 0.5 ? 1 : 0;
      case NUMBERS -> values[start];
    };
  }

  private Map<String, Double> metrics(Pairs pairs) {
    if (config.task() == OutputTask.NUMBERS) {
      List<RegressionMetric> metrics = Metrics.forRegression();
      return Metrics.scores(metrics, doubles(pairs.predicted()), doubles(pairs.actual()));
    }
    int[] predicted = pairs.predicted().stream().mapToInt(Double::intValue).toArray();
    int[] actual = pairs.actual().stream().mapToInt(value -> (int) Math.round(value)).toArray();
    return Metrics.scores(forClasses(), predicted, actual);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
