package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** The table beside TensorFlow's erf and exp in float64. */
class GeluSlopesTest {
  private static final int NUMBERS = 1 << 16;
  private static final double LAST_OF_FLOAT32 = 0x1p-23;

  @Test
  void holdsTheSlopeAtEveryNumber() {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      float[] all = numbers();
      Operand<TFloat64> x = tf.dtypes.cast(tf.constant(all), TFloat64.class);
      // By erfc, which has all its digits where Phi is small.
      Operand<TFloat64> phi =
          tf.math.mul(tf.constant(0.5), tf.math.erfc(tf.math.mul(x, tf.constant(-Math.sqrt(0.5)))));
      Operand<TFloat64> density =
          tf.math.mul(
              tf.math.exp(tf.math.mul(tf.constant(-0.5), tf.math.square(x))),
              tf.constant(1 / Math.sqrt(2 * Math.PI)));

      // when
      Operand<TBfloat16> narrow = tf.dtypes.cast(tf.constant(all), TBfloat16.class);
      Operand<TFloat32> slopes = GeluSlopes.at(tf, GeluSlopes.in(tf), narrow);

      // then
      assertClose(graph, slopes, tf.math.add(phi, tf.math.mul(x, density)), LAST_OF_FLOAT32);
    }
  }

  @Test
  void theyAreTheDerivative() {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      float[] x = {-3, -0.75f, 0, 0.5f, 2};
      Operand<TFloat32> at = tf.constant(x);
      Operand<TFloat32> slopes =
          GeluSlopes.at(tf, GeluSlopes.in(tf), tf.dtypes.cast(at, TBfloat16.class));

      // when
      Operand<TFloat32> y = Gelu.ofRounded(tf, at, tf.dtypes.cast(at, TBfloat16.class));
      Output<?> dx =
          graph
              .addGradients(
                  tf.math.mul(y, tf.constant(2f)).asOutput(), new Output<?>[] {at.asOutput()})[0];

      // then
      Operand<TFloat32> twice = tf.math.mul(slopes, tf.constant(2f));
      assertClose(
          graph, dx.expect(TFloat32.class), tf.dtypes.cast(twice, TFloat64.class), LAST_OF_FLOAT32);
    }
  }

  @Test
  void aGraphHasOne() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);

      Operand<TFloat32> first = GeluSlopes.in(tf.withSubScope("layer"));

      assertThat(GeluSlopes.in(tf).op()).isEqualTo(first.op());
    }
  }

  /** Up to the last digit of float32, and to what float64 loses where Phi is nearly 0. */
  private static void assertClose(
      Graph graph, Operand<TFloat32> numbers, Operand<TFloat64> wanted, double lastDigit) {
    try (Session session = new Session(graph);
        Result result = session.runner().fetch(numbers).fetch(wanted).run()) {
      TFloat32 got = (TFloat32) result.get(0);
      TFloat64 want = (TFloat64) result.get(1);
      for (long i = 0; i < got.size(); i++) {
        double number = want.getDouble(i);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
          assertThat((double) got.getFloat(i)).isEqualTo(Double.valueOf(number));
        } else {
          assertThat((double) got.getFloat(i))
              .isCloseTo(number, within(lastDigit * Math.abs(number) + 1e-15));
        }
      }
    }
  }

  private static float[] numbers() {
    float[] all = new float[NUMBERS];
    for (int bits = 0; bits < NUMBERS; bits++) {
      all[bits] = Float.intBitsToFloat(bits << 16);
    }
    return all;
  }
}
