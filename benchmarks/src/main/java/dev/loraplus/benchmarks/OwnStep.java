package dev.loraplus.benchmarks;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Training steps of this library on a fixed batch. */
final class OwnStep implements AutoCloseable {
  private final AdaptedModel model;
  private final TrainStep step;
  private final TInt32 ids;
  private final TInt32 mask;
  private final TInt32 types;
  private final TInt64 randomness;

  OwnStep(Path directory, StepShape wanted, double rate, double ratio) {
    int batch = wanted.batch();
    int length = wanted.length();
    LoraConfig lora = LoraConfig.of(8, 8, TargetModules.named("query", "value"));
    this.model =
        AdaptedModel.build(
            Architectures.read(directory, ModelShape.TASK),
            WeightSource.open(directory),
            lora,
            wanted.compute(),
            0);
    LoraPlusOptimizer optimizer =
        new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(rate, ratio), model.parameters());
    this.step = optimizer.trainStep(loss(batch));
    Shape shape = Shape.of(batch, length);
    int[] tokens = new int[batch * length];
    Arrays.setAll(tokens, i -> (7 * (i / length) + 13 * (i % length)) % ModelShape.VOCABULARY);
    int[] ones = new int[tokens.length];
    Arrays.fill(ones, 1);
    this.ids = TInt32.tensorOf(shape, DataBuffers.of(tokens));
    this.mask = TInt32.tensorOf(shape, DataBuffers.of(ones));
    this.types = TInt32.tensorOf(shape, DataBuffers.of(new int[tokens.length]));
    this.randomness = TInt64.vectorOf(0, 0);
  }

  /** Mean cross-entropy; the label of row i is i mod 2. */
  private Operand<TFloat32> loss(int batch) {
    Ops tf = model.tf();
    float[][] labels = new float[batch][2];
    for (int row = 0; row < batch; row++) {
      labels[row][row % 2] = 1;
    }
    Operand<TFloat32> losses =
        tf.nn
            .softmaxCrossEntropyWithLogits(model.trainingPass().logits(), tf.constant(labels))
            .loss();
    return tf.math.mean(losses, tf.constant(0));
  }

  /** Saves the adapter, so that the peer starts from the same one. */
  void saveAdapter(Path base, Path adapter) {
    new AdapterDirectory(adapter).save(model, BaseModel.of(base.toString(), ModelShape.TASK));
  }

  Timing run(int steps) {
    double[] milliseconds = new double[steps];
    double loss = Double.NaN;
    for (int i = 0; i < steps; i++) {
      long started = System.nanoTime();
      loss = step.run(fed()).loss();
      milliseconds[i] = (System.nanoTime() - started) / 1e6;
    }
    return new Timing(milliseconds, loss);
  }

  /** Takes a step and says where its time went. */
  StepProfile profile() {
    RunOptions traced =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Result result = fed().addTarget(step.update()).setOptions(traced).runAndFetchMetadata()) {
      return StepProfile.of(result.getMetadata().orElseThrow());
    }
  }

  private Session.Runner fed() {
    return model
        .session()
        .runner()
        .feed(model.inputs().ids(), ids)
        .feed(model.inputs().mask(), mask)
        .feed(model.inputs().typeIds(), types)
        .feed(model.inputs().randomness(), randomness);
  }

  @Override
  public void close() {
    ids.close();
    mask.close();
    types.close();
    randomness.close();
    model.close();
  }
}
