package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.graph.NativeRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Equal runs give equal bits where updates would have time to overtake gradients: several layers,
 * products large enough to run in parallel, and ref variables, whose reads are no copies.
 */
class FenceTest {
  private static final int WIDTH = 96;
  private static final int LAYERS = 6;

  private final Random random = new Random(3);
  private final List<TrainableParameter> parameters = new ArrayList<>();

  @BeforeAll
  static void configure() {
    NativeRuntime.configure();
  }

  @Test
  void keepsUpdatesBehindGradients() {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      Operand<TFloat32> loss = loss(tf);
      Op train =
          new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-2, 16), parameters).minimize(loss);
      float[][] first = {};
      try (Session session = new Session(graph)) {
        for (int run = 0; run < 100; run++) {
          // when
          session.forceInitialize();
          for (int i = 0; i < 4; i++) {
            session.run(train);
          }

          // then
          float[][] values = read(session);
          first = run == 0 ? values : first;
          assertThat(values).isDeepEqualTo(first);
        }
      }
    }
  }

  private Operand<TFloat32> loss(Ops tf) {
    Operand<TFloat32> x = tf.constant(normal(64, WIDTH, 1));
    for (int layer = 0; layer < LAYERS; layer++) {
      Operand<TFloat32> weight = tf.constant(normal(WIDTH, WIDTH, 0.1));
      Operand<TFloat32> a = variable(tf, "A" + layer, ParameterRole.A, normal(8, WIDTH, 0.1));
      Operand<TFloat32> b = variable(tf, "B" + layer, ParameterRole.B, normal(WIDTH, 8, 0.01));
      Operand<TFloat32> low = tf.linalg.matMul(x, a, MatMul.transposeB(true));
      Operand<TFloat32> adapted = tf.linalg.matMul(low, b, MatMul.transposeB(true));
      x = tf.math.tanh(tf.math.add(tf.linalg.matMul(x, weight), adapted));
    }
    return tf.math.mean(tf.math.square(x), tf.constant(new int[] {0, 1}));
  }

  private Operand<TFloat32> variable(Ops tf, String name, ParameterRole role, TFloat32 value) {
    Ops init = tf.withInitScope();
    var variable = init.variable(value.shape(), TFloat32.class);
    init.assign(variable, init.constant(value));
    parameters.add(TrainableParameter.ofRef(name, role, variable));
    return variable;
  }

  private TFloat32 normal(int rows, int columns, double scale) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return TFloat32.tensorOf(Shape.of(rows, columns), DataBuffers.of(values));
  }

  private float[][] read(Session session) {
    Session.Runner runner = session.runner();
    parameters.forEach(parameter -> runner.fetch(parameter.value()));
    float[][] values = new float[parameters.size()][];
    try (Result result = runner.run()) {
      for (int i = 0; i < values.length; i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        values[i] = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values[i]);
      }
    }
    return values;
  }
}
