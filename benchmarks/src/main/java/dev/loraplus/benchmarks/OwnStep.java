package dev.loraplus.benchmarks;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.training.MemoryEstimate;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;

/** Training steps of this library on a fixed batch. */
final class OwnStep implements AutoCloseable {
  private final Task task;
  private final AdaptedModel model;
  private final Steps steps;
  private final Batch batch;
  private final MemoryEstimate estimate;

  OwnStep(Path directory, StepShape wanted, double rate, double ratio) {
    ModelShape shape = wanted.model();
    this.task = shape.task();
    this.model =
        AdaptedModel.build(
            Architectures.read(directory, task),
            WeightSource.open(directory),
            LoraConfig.of(8, 8, shape.targets()),
            wanted.compute(),
            0);
    LoraPlusOptimizer optimizer =
        new LoraPlusOptimizer(
            model.graph(),
            OptimizerConfig.of(rate, ratio),
            model.parameters(),
            0,
            wanted.compute().compilation());
    this.steps = Steps.of(model, task, optimizer, wanted.compute().compilation());
    this.estimate =
        MemoryEstimate.of(model, optimizer, wanted.compute(), wanted.batch(), wanted.length());
    this.batch = batch(task, wanted.batch(), wanted.length(), shape.vocabulary());
  }

  /**
   * Token i of row r is (7 r + 13 i) mod vocabulary, without padding. The label of row r is r mod
   * 2; a causal model says each next token.
   */
  private static Batch batch(Task task, int rows, int length, int vocabulary) {
    int[][] tokens = new int[rows][length];
    int[] ids = new int[rows * length];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = row % 2;
      for (int i = 0; i < length; i++) {
        tokens[row][i] = (7 * row + 13 * i) % vocabulary;
        ids[row * length + i] = tokens[row][i];
      }
    }
    Targets targets =
        task instanceof Task.Classification
            ? new Targets.ClassIds(labels)
            : new Targets.TokenLabels(tokens);
    float[] weights = new float[rows];
    Arrays.fill(weights, 1);
    int[] zeros = new int[ids.length];
    int[] ones = new int[ids.length];
    Arrays.fill(ones, 1);
    return new Batch(
        rows,
        length,
        ids,
        zeros,
        ones,
        zeros,
        targets,
        weights,
        rows,
        (long) rows * length,
        Optional.empty());
  }

  /** Saves the adapter, so that the peer starts from the same one. */
  void saveAdapter(Path base, Path adapter) {
    new AdapterDirectory(adapter).save(model, BaseModel.of(base.toString(), task));
  }

  /** Megabytes that a step should take. */
  double estimate() {
    return estimate.total() / 1e6;
  }

  void loadAdapter(Path adapter) {
    new AdapterDirectory(adapter).load(model);
  }

  Timing run(int count) {
    long started = System.nanoTime();
    double last = steps.take(batch, count);
    return Timing.since(started, count, last);
  }

  /**
   * Takes a step with TensorFlow's own statistics. The first such step has fetches of its own and
   * compiles for them; the one that is returned comes after it.
   */
  RunMetadata traced() {
    steps.with(batch, OwnStep::traced);
    return steps.with(batch, OwnStep::traced);
  }

  private static RunMetadata traced(Session.Runner runner, Op step) {
    RunOptions traced =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Result result = runner.addTarget(step).setOptions(traced).runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
