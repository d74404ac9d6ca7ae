package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * What attention makes of values, in bfloat16: y = P v with P = softmax(z). Its derivative keeps P
 * and y as they were rounded, and takes the sums over keys that a softmax's has from y, as in Dao
 * et al. (arXiv 2205.14135, appendix B.2), whose features are fewer than keys mostly are.
 */
public final class AttendedValues {
  private static final String VALUES = "bhqk,bhkd->bhqd";

  private AttendedValues() {}

  /**
   * y = P v.
   *
   * @param tf builder of the graph
   * @param scores z, [batch, heads, queries, keys]
   * @param weights P, softmax(z) over the keys
   * @param values v, [batch, heads, keys, size]
   * @return y, [batch, heads, queries, size]
   */
  public static Operand<TBfloat16> of(
      Ops tf, Operand<TBfloat16> scores, Operand<TBfloat16> weights, Operand<TBfloat16> values) {
    Operand<TBfloat16> y = tf.linalg.einsum(List.of(weights, values), VALUES);
    return HandWritten.ATTENDED_VALUES.value(tf, List.of(scores, values), y, List.of(weights));
  }

  /** dv = P^T dy and dz = P (dy v^T - sum(dy y)), since sum(P dy v^T) = dy (P v)^T. */
  static List<Operand<?>> derivative(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> dy = call.dy(2);
    Operand<TNumber> p = call.input(3);
    Operand<TNumber> dv = tf.linalg.einsum(List.of(p, dy), "bhqk,bhqd->bhkd");
    Operand<TNumber> dp = tf.linalg.einsum(List.of(dy, call.input(1)), "bhqd,bhkd->bhqk");
    Operand<TFloat32> sum =
        tf.sum(
            tf.math.mul(wide(tf, dy), wide(tf, call.input(2))),
            tf.constant(-1),
            Sum.keepDims(true));
    Operand<TFloat32> dz = tf.math.mul(wide(tf, p), tf.math.sub(wide(tf, dp), sum));
    return List.of(tf.dtypes.cast(dz, TBfloat16.class), dv, call.none(), call.none());
  }

  private static Operand<TFloat32> wide(Ops tf, Operand<TNumber> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}
