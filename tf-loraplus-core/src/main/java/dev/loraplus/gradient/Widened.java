package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Identity;
import org.tensorflow.op.dtypes.Cast;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * Numbers of bfloat16 as float32. Where the derivative was widened from bfloat16 too, it is handed
 * back as it was: TensorFlow's own rounds what is rounded.
 */
public final class Widened {
  private Widened() {}

  /**
   * x in float32.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> of(Ops tf, Operand<TBfloat16> x) {
    return HandWritten.WIDENED.value(tf, List.of(x), tf.dtypes.cast(x, TFloat32.class), List.of());
  }

  /** dx is dy in bfloat16. */
  static List<Operand<?>> derivative(OpCall call) {
    Output<?> dy = call.dy(1).asOutput();
    // TensorFlow hands derivatives of sums on by ops of this type.
    while (dy.op().type().equals(Identity.OP_NAME)) {
      dy = input(dy);
    }
    if (dy.op().type().equals(Cast.OP_NAME) && input(dy).type().equals(TBfloat16.class)) {
      return call.byFirst(input(dy));
    }
    return call.byFirst(call.tf().dtypes.cast(OpCall.number(dy), TBfloat16.class));
  }

  private static Output<?> input(Output<?> y) {
    return ((GraphOperation) y.op()).input(0);
  }
}
