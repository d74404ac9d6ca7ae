package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

class WidenedTest {
  @Test
  void aDerivativeThatWasWidenedIsHandedBackAsItWas() {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      Operand<TBfloat16> x = narrow(tf, tf.constant(new float[] {1, 2, 3}));
      Operand<TFloat32> y = tf.math.addN(List.of(Widened.of(tf, x), tf.constant(new float[3])));

      // when
      Output<?> dx = derivative(graph, tf, tf.dtypes.cast(narrow(tf, y), TFloat32.class), x);

      // then
      assertThat(values(graph, tf, dx)).containsExactly(1, 2, 4);
      // Rounded once: straight behind the derivative of a product, not behind what widens it again.
      assertThat(dx.op().type()).isEqualTo("Cast");
      assertThat(((GraphOperation) dx.op()).input(0).op().type()).isEqualTo("Reshape");
    }
  }

  @Test
  void anyOtherIsRounded() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TBfloat16> x = narrow(tf, tf.constant(new float[] {1, 2, 3}));

      Output<?> dx = derivative(graph, tf, Widened.of(tf, x), x);

      assertThat(values(graph, tf, dx)).containsExactly(1, 2, 4);
    }
  }

  private static Output<?> derivative(
      Graph graph, Ops tf, Operand<TFloat32> y, Operand<TBfloat16> x) {
    Operand<TFloat32> along = tf.constant(new float[] {1, 2, 4});
    Operand<TFloat32> loss = tf.sum(tf.math.mul(y, along), tf.constant(0));
    return graph.addGradients(loss.asOutput(), new Output<?>[] {x.asOutput()})[0];
  }

  private static float[] values(Graph graph, Ops tf, Output<?> dx) {
    Operand<TFloat32> wide = tf.dtypes.cast(dx.expect(TBfloat16.class), TFloat32.class);
    float[] values = new float[3];
    try (Session session = new Session(graph);
        TFloat32 tensor = (TFloat32) session.runner().fetch(wide).run().get(0)) {
      tensor.asRawTensor().data().asFloats().read(values);
    }
    return values;
  }

  private static Operand<TBfloat16> narrow(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }
}
