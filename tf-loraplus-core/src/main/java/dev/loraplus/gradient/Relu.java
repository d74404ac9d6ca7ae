package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.ReluGrad;
import org.tensorflow.types.TFloat32;

/**
 * The rectified linear unit, with TensorFlow's own derivative. TensorFlow makes one kernel of a
 * product, a sum and a ReLU where nothing else reads the sum; in a graph that trains this fails,
 * and no kernels are joined at all. Here something else reads it.
 */
public final class Relu {
  private Relu() {}

  /**
   * y = max(x, 0).
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> y = tf.nn.relu(x);
    return HandWritten.RELU.value(tf, x, y, List.of());
  }

  /** dx = dy [y > 0]. */
  static List<Operand<?>> derivative(OpCall call) {
    return call.byFirst(ReluGrad.create(call.tf().scope(), call.dy(1), call.input(1)));
  }
}
