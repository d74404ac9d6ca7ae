package dev.loraplus.samples.paper.overhead;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Task;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StateVariable;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The parts of a training step on one fixed batch: forward pass; forward and backward pass; the
 * whole step. Ratio and rates are values of the one graph, so LoRA and LoRA+ run the same ops.
 */
final class TimedStep implements AutoCloseable {
  private static final int RANK = 8;
  private static final double RATE = 1e-5;

  /** A part of the step. */
  enum Part {
    /** The loss. */
    FORWARD,
    /** The loss and every gradient. */
    GRADIENTS,
    /** The loss, every gradient, every update. */
    STEP
  }

  static {
    NativeRuntime.configure();
  }

  private final AdaptedModel model;
  private final LoraPlusOptimizer optimizer;
  private final Operand<TFloat32> loss;
  private final Operand<TFloat32> gradients;
  private final Op step;
  private final TInt32 ids;
  private final TInt32 mask;
  private final TInt32 types;
  private final TInt64 randomness = TInt64.vectorOf(0, 0);

  TimedStep(ModelOptions options, int batch, int length) {
    Task task = new Task.Classification(List.of("a", "b"), options.pooling());
    Path directory = options.directory();
    this.model =
        AdaptedModel.build(
            Architectures.read(directory, task),
            WeightSource.open(directory),
            LoraConfig.of(RANK, RANK, options.targets()),
            0);
    this.optimizer =
        new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(RATE, 1), model.parameters());
    this.loss = loss(batch);
    this.gradients = gradients();
    this.step = optimizer.trainStep(loss).update();
    Shape shape = Shape.of(batch, length);
    int[] tokens = new int[batch * length];
    int vocabulary = model.architecture().vocabularySize();
    Arrays.setAll(tokens, i -> (7 * (i / length) + 13 * (i % length)) % vocabulary);
    int[] ones = new int[tokens.length];
    Arrays.fill(ones, 1);
    this.ids = TInt32.tensorOf(shape, DataBuffers.of(tokens));
    this.mask = TInt32.tensorOf(shape, DataBuffers.of(ones));
    this.types = TInt32.tensorOf(shape, DataBuffers.of(new int[tokens.length]));
  }

  /** eta_B / eta_A from now on. */
  void ratio(double ratio) {
    optimizer.configure(model.session(), OptimizerConfig.of(RATE, ratio));
  }

  /** Wall time in milliseconds. */
  double run(Part part) {
    Session.Runner runner =
        model
            .session()
            .runner()
            .feed(model.inputs().ids(), ids)
            .feed(model.inputs().mask(), mask)
            .feed(model.inputs().typeIds(), types)
            .feed(model.inputs().randomness(), randomness)
            .fetch(loss);
    switch (part) {
      case FORWARD -> {}
      case GRADIENTS -> runner.fetch(gradients);
      case STEP -> runner.addTarget(step);
    }
    long start = System.nanoTime();
    runner.run().close();
    return (System.nanoTime() - start) / 1e6;
  }

  /** Bytes of parameters that train, and of what the optimizer keeps of them. */
  long trainedBytes() {
    return Float.BYTES
        * model.parameters().stream().map(TrainableParameter::shape).mapToLong(Shape::size).sum();
  }

  long optimizerBytes() {
    return Float.BYTES
        * optimizer.state().stream().map(StateVariable::shape).mapToLong(Shape::size).sum();
  }

  @Override
  public void close() {
    ids.close();
    mask.close();
    types.close();
    randomness.close();
    model.close();
  }

  /** Half the squared norm of all gradients: it needs every one of them. */
  private Operand<TFloat32> gradients() {
    List<Operand<TFloat32>> squares = new ArrayList<>();
    for (GradAndVar<?> pair : optimizer.computeGradients(loss)) {
      squares.add(model.tf().nn.l2Loss(pair.getGradient().asOutput().expect(TFloat32.class)));
    }
    return model.tf().math.addN(squares);
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
            .softmaxCrossEntropyWithLogits(
                model.trainingPass(model.inputs()).logits(), tf.constant(labels))
            .loss();
    return tf.math.mean(losses, tf.constant(0));
  }
}
