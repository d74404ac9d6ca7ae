package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** Value and derivative beside those that TensorFlow puts together from elementary ops. */
class HandWrittenTest {
  private static final Shape SHAPE = Shape.of(3, 4, 8);
  private static final int SIZE = 3 * 4 * 8;

  /** A function and the same one in elementary ops. */
  record Case(
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> written,
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> composed) {}

  static List<Named<Case>> cases() {
    return List.of(
        Named.of(
            "layer norm",
            new Case((tf, x) -> Standardized.centred(tf, x, 1e-5), HandWrittenTest::layerNorm)),
        Named.of(
            "layer norm in one pass",
            new Case(
                (tf, x) -> Standardized.centredInOnePass(tf, x, 1e-5), HandWrittenTest::layerNorm)),
        Named.of(
            "layer norm of folded rows",
            new Case(
                (tf, x) -> asOneRow(tf, x, row -> Standardized.centredInChains(tf, row, 1e-5)),
                (tf, x) -> asOneRow(tf, x, row -> layerNorm(tf, row)))),
        Named.of(
            "root mean square",
            new Case((tf, x) -> Standardized.uncentred(tf, x, 1e-5), HandWrittenTest::rmsNorm)),
        Named.of(
            "root mean square of folded rows",
            new Case(
                (tf, x) -> asOneRow(tf, x, row -> Standardized.uncentredInChains(tf, row, 1e-5)),
                (tf, x) -> asOneRow(tf, x, row -> rmsNorm(tf, row)))),
        Named.of("softmax", new Case(AttentionWeights::of, (tf, x) -> tf.nn.softmax(x))),
        Named.of("GELU", new Case(Gelu::exact, HandWrittenTest::gelu)),
        Named.of("GELU of its input", new Case(Gelu::ofInput, HandWrittenTest::gelu)),
        Named.of("GELU by tanh", new Case(Gelu::tanh, HandWrittenTest::geluByTanh)));
  }

  private static Operand<TFloat32> asOneRow(
      Ops tf, Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> f) {
    Operand<TFloat32> row = tf.reshape(x, tf.constant(new int[] {1, SIZE}));
    return tf.reshape(f.apply(row), tf.constant(SHAPE));
  }

  private static Operand<TFloat32> layerNorm(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> mean = tf.math.mean(x, tf.constant(-1), Mean.keepDims(true));
    return rmsNorm(tf, tf.math.sub(x, mean));
  }

  private static Operand<TFloat32> rmsNorm(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> square =
        tf.math.mean(tf.math.square(x), tf.constant(-1), Mean.keepDims(true));
    return tf.math.div(x, tf.math.sqrt(tf.math.add(square, tf.constant(1e-5f))));
  }

  private static Operand<TFloat32> gelu(Ops tf, Operand<TFloat32> x) {
    return half(tf, x, tf.math.erf(tf.math.mul(x, tf.constant((float) (1 / Math.sqrt(2))))));
  }

  private static Operand<TFloat32> geluByTanh(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> cube = tf.math.mul(tf.math.mul(x, tf.math.square(x)), tf.constant(0.044715f));
    float factor = (float) Math.sqrt(2 / Math.PI);
    return half(tf, x, tf.math.tanh(tf.math.mul(tf.math.add(x, cube), tf.constant(factor))));
  }

  private static Operand<TFloat32> half(Ops tf, Operand<TFloat32> x, Operand<TFloat32> s) {
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(s, tf.constant(1f)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithElementaryOps(Case given) {
    // given
    Random random = new Random(7);
    float[] x = normal(random);
    float[] direction = normal(random);

    // when
    float[][] written = valueAndDerivative(given.written(), x, direction);
    float[][] composed = valueAndDerivative(given.composed(), x, direction);

    // then
    for (int i = 0; i < SIZE; i++) {
      assertThat(written[0][i]).isCloseTo(composed[0][i], within(2e-6f));
      assertThat(written[1][i]).isCloseTo(composed[1][i], within(5e-6f));
    }
  }

  /** f(x) and the derivative of direction . f(x). */
  private static float[][] valueAndDerivative(
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> f, float[] x, float[] direction) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> at = constant(tf, x);
      Operand<TFloat32> y = f.apply(tf, at);
      Operand<TFloat32> sum =
          tf.reduceSum(
              tf.math.mul(y, constant(tf, direction)),
              tf.constant(new int[] {0, 1, 2}),
              ReduceSum.keepDims(false));
      Output<?> dx = graph.addGradients(sum.asOutput(), new Output<?>[] {at.asOutput()})[0];
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(y).fetch(dx).run()) {
        return new float[][] {values(result, 0), values(result, 1)};
      }
    }
  }

  private static Operand<TFloat32> constant(Ops tf, float[] values) {
    return tf.constant(SHAPE, DataBuffers.of(values));
  }

  private static float[] values(Result result, int index) {
    float[] values = new float[SIZE];
    ((TFloat32) result.get(index)).asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static float[] normal(Random random) {
    float[] values = new float[SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.5 + 2 * random.nextGaussian());
    }
    return values;
  }
}
