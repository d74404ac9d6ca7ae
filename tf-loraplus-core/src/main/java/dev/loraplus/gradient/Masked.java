package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A product with a mask of the same shape that does not train. By hand its derivative reads the
 * mask alone; TensorFlow's asks for the shape of x too, for which x would be computed where it is
 * not kept.
 */
public final class Masked {
  private Masked() {}

  /**
   * y = x m.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @param mask m, of the shape of x
   * @return y of the shape of x
   */
  public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x, Operand<TFloat32> mask) {
    return HandWritten.MASKED.value(tf, x, tf.math.mul(x, mask), List.of(mask));
  }

  /** dx = dy m. */
  static List<Operand<?>> derivative(OpCall call) {
    return call.byFirst(call.tf().math.mul(call.dy(1), call.input(2)));
  }
}
