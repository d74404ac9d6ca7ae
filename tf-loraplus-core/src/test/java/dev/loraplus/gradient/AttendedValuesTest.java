package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** Value and derivatives in bfloat16 beside TensorFlow's own of the same formula in float32. */
class AttendedValuesTest {
  private static final Shape SCORES = Shape.of(2, 3, 5, 7);
  private static final Shape VALUES = Shape.of(2, 3, 7, 8);
  private static final Shape ATTENDED = Shape.of(2, 3, 5, 8);

  /** Some digits of bfloat16, whose last one is 2^-8 of a number. */
  private static final float ROUNDING = 0x1p-6f;

  @Test
  void valueAndDerivativesAreThoseOfFloat32UpToRounding() {
    // given
    Random random = new Random(3);
    float[] scores = normal(random, SCORES);
    float[] values = normal(random, VALUES);
    float[] direction = normal(random, ATTENDED);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TBfloat16> z = narrow(tf, tf.constant(SCORES, DataBuffers.of(scores)));
      Operand<TBfloat16> v = narrow(tf, tf.constant(VALUES, DataBuffers.of(values)));
      Operand<TFloat32> along = tf.constant(ATTENDED, DataBuffers.of(direction));
      Operand<TFloat32> wideZ = wide(tf, z);
      Operand<TFloat32> wideV = wide(tf, v);

      // when
      Operand<TFloat32> y = wide(tf, AttendedValues.of(tf, z, narrow(tf, tf.nn.softmax(wideZ)), v));
      Operand<TFloat32> exact =
          tf.linalg.einsum(List.of(tf.nn.softmax(wideZ), wideV), "bhqk,bhkd->bhqd");
      Output<?>[] written = derivatives(graph, tf, y, along, z, v);
      Output<?>[] composed = derivatives(graph, tf, exact, along, wideZ, wideV);

      // then
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(y)
                  .fetch(wide(tf, written[0].expect(TBfloat16.class)))
                  .fetch(wide(tf, written[1].expect(TBfloat16.class)))
                  .fetch(exact)
                  .fetch(composed[0])
                  .fetch(composed[1])
                  .run()) {
        for (int i = 0; i < 3; i++) {
          assertClose(numbers(result, i), numbers(result, i + 3));
        }
      }
    }
  }

  private static Output<?>[] derivatives(
      Graph graph,
      Ops tf,
      Operand<TFloat32> y,
      Operand<TFloat32> along,
      Operand<?> z,
      Operand<?> v) {
    Operand<TFloat32> loss = tf.sum(tf.math.mul(y, along), tf.constant(new int[] {0, 1, 2, 3}));
    return graph.addGradients(loss.asOutput(), new Output<?>[] {z.asOutput(), v.asOutput()});
  }

  private static void assertClose(float[] written, float[] composed) {
    float largest = 0;
    for (float number : composed) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertThat(largest).isGreaterThan(0.1f);
    assertThat(written).hasSameSizeAs(composed);
    for (int i = 0; i < written.length; i++) {
      assertThat(written[i]).isCloseTo(composed[i], within(ROUNDING * largest));
    }
  }

  private static float[] numbers(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] numbers = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }

  private static float[] normal(Random random, Shape shape) {
    float[] numbers = new float[(int) shape.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static Operand<TBfloat16> narrow(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private static Operand<TFloat32> wide(Ops tf, Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}
