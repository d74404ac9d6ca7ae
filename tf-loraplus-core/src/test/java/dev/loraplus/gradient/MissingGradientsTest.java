package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Gradients against Python TensorFlow's and against finite differences. */
class MissingGradientsTest {
  @BeforeAll
  static void register() {
    MissingGradients.register();
  }

  static List<OpCase> cases() {
    return OpCase.all();
  }

  @Test
  void everyOpHasACase() {
    assertThat(cases().stream().map(OpCase::op).collect(Collectors.toSet()))
        .isEqualTo(
            MissingGradients.opTypes().stream()
                .filter(type -> !type.contains("FFT"))
                .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPython(OpCase opCase) {
    try (CaseGraph graph = new CaseGraph(opCase)) {
      Map<Integer, double[]> derivatives = graph.derivatives();

      for (int i = 0; i < opCase.gradients().size(); i++) {
        if (opCase.gradients().get(i).isPresent()) {
          CaseTensor expected = opCase.gradients().get(i).orElseThrow();
          double tolerance = expected.dtype().equals("float32") ? 1e-5 : 1e-12;
          assertThat(derivatives.get(i)).containsExactly(expected.numbers(), within(tolerance));
        } else {
          assertThat(derivatives).doesNotContainKey(i);
        }
      }
    }
  }

  /** All but rounding, whose slope is taken to be 1 where it is a stair. */
  static List<OpCase> smoothCases() {
    return cases().stream().filter(each -> !each.op().contains("Quant")).toList();
  }

  @ParameterizedTest
  @MethodSource("smoothCases")
  void equalsFiniteDifferences(OpCase opCase) {
    try (CaseGraph graph = new CaseGraph(opCase)) {
      graph
          .derivatives()
          .forEach(
              (i, derivative) -> {
                CaseTensor input = opCase.flatInputs().get(i);
                boolean wide = input.dtype().equals("float64");
                double[] slopes = graph.differences(i, wide ? 1e-5 : 1e-2);
                for (int k = 0; k < slopes.length; k++) {
                  if (!isJump(opCase, input.values().get(k))) {
                    assertThat(derivative[k]).isCloseTo(slopes[k], within(wide ? 1e-8 : 1e-2));
                  }
                }
              });
    }
  }

  /** Python's derivative of x log y by x is 0 at x = 0, by convention, and log y beside it. */
  private static boolean isJump(OpCase opCase, double value) {
    return opCase.op().equals("Xlogy") && value == 0;
  }

  @Test
  void leavesAGradientThatExistsAlone() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);

      MissingGradients.register();
      MissingGradients.register();

      assertThat(derivative(graph, tf.math.square(x), x)).isEqualTo(6f);
      assertThat(derivative(graph, tf.ensureShape(x, x.shape()), x)).isEqualTo(1f);
    }
  }

  @Test
  void leavesIndicesWithoutADerivative() {
    // ArgMax has no gradient, and needs none: it only says which row is taken.
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[] {1, 5, 2});
      Operand<TInt64> best = tf.math.argMax(x, tf.constant(0));
      Operand<TFloat32> taken =
          graph
              .opBuilder("Gather", "gather", tf.scope())
              .addInput(x.asOutput())
              .addInput(best.asOutput())
              .build()
              .<TFloat32>output(0);

      Output<?> gradient = graph.addGradients(taken.asOutput(), new Output<?>[] {x.asOutput()})[0];

      try (Session session = new Session(graph);
          Result result = session.runner().fetch(gradient).run()) {
        assertThat(result.get(0)).isEqualTo(TFloat32.vectorOf(0, 1, 0));
      }
    }
  }

  /**
   * In complex64: TensorFlow's own derivative of Real is of no other type. Real part r and
   * imaginary part i of y_k = sum_n x_n e^(-2 pi i n k / N), by their weights.
   */
  @ParameterizedTest
  @ValueSource(strings = {"FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D"})
  void fourierTransformsHaveTheDerivativesOfTheirSums(String type) {
    float[] r = {0.3f, -1, 0.5f, 2, 0.25f};
    float[] i = {1, 0.5f, -0.75f, 0.1f, -2};
    int n = r.length;
    int axes = type.endsWith("2D") ? 2 : type.endsWith("3D") ? 3 : 1;
    Shape shape = axes == 1 ? Shape.of(n) : axes == 2 ? Shape.of(1, n) : Shape.of(n, 1, 1);
    double sign = type.startsWith("I") ? 1 : -1;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x =
          tf.reshape(tf.constant(new float[] {1, 2, -1, 0.5f, 3}), tf.constant(shape));
      GraphOperation transformed = op(tf, type, op(tf, "Complex", x, tf.zerosLike(x)).output(0));
      Operand<TFloat32> real = op(tf, "Real", transformed.output(0)).output(0);
      Operand<TFloat32> imaginary = op(tf, "Imag", transformed.output(0)).output(0);
      Operand<TFloat32> loss = tf.math.add(weighted(tf, real, r), weighted(tf, imaginary, i));

      Output<?> dx = graph.addGradients(loss.asOutput(), new Output<?>[] {x.asOutput()})[0];

      try (Session session = new Session(graph);
          Result result = session.runner().fetch(dx).run()) {
        for (int place = 0; place < n; place++) {
          double wanted = 0;
          for (int k = 0; k < n; k++) {
            double angle = sign * 2 * Math.PI * place * k / n;
            wanted += r[k] * Math.cos(angle) + i[k] * Math.sin(angle);
          }
          assertThat(result.get(0).asRawTensor().data().asFloats().getFloat(place))
              .isCloseTo((float) (sign > 0 ? wanted / n : wanted), within(1e-5f));
        }
      }
    }
  }

  private static GraphOperation op(Ops tf, String type, Operand<?>... inputs) {
    GraphOperationBuilder builder =
        ((Graph) tf.scope().env()).opBuilder(type, tf.scope().makeOpName(type), tf.scope());
    if (type.equals("Complex")) {
      builder.setAttr("Tout", DataType.DT_COMPLEX64);
    }
    if (type.equals("Real") || type.equals("Imag")) {
      builder.setAttr("Tout", DataType.DT_FLOAT);
    }
    for (Operand<?> input : inputs) {
      builder.addInput(input.asOutput());
    }
    return builder.build();
  }

  private static Operand<TFloat32> weighted(Ops tf, Operand<TFloat32> x, float[] weights) {
    Operand<TFloat32> flat = tf.reshape(x, tf.constant(new int[] {-1}));
    return tf.sum(tf.math.mul(flat, tf.constant(weights)), tf.constant(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"OnesLike", "Round", "Rint", "Ceil"})
  void stairsCountAsConstants(String type) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3.2f);
      Operand<TFloat32> stair =
          graph.opBuilder(type, "stair", tf.scope()).addInput(x.asOutput()).build().output(0);

      assertThat(derivative(graph, tf.math.mul(x, stair), x))
          .isEqualTo(type.equals("OnesLike") ? 1 : type.equals("Ceil") ? 4 : 3);
    }
  }

  @Test
  void noiseOfTheShapeOfATensorCountsAsAConstant() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);
      Operand<TFloat32> noise =
          tf.random.statelessRandomNormal(
              tf.shape(x), tf.constant(new long[] {1, 2}), TFloat32.class);

      assertThat(derivative(graph, tf.math.add(x, tf.reshape(noise, tf.shape(x))), x)).isEqualTo(1);
    }
  }

  @Test
  void preventGradientStaysAnError() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);
      Operand<TFloat32> y = tf.train.preventGradient(x);

      assertThatThrownBy(() -> derivative(graph, y, x)).hasMessageContaining("PreventGradient");
    }
  }

  private static float derivative(Graph graph, Operand<TFloat32> y, Operand<TFloat32> x) {
    Output<?> gradient = graph.addGradients(y.asOutput(), new Output<?>[] {x.asOutput()})[0];
    try (Session session = new Session(graph);
        Result result = session.runner().fetch(gradient).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
