package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The softmax of attention, with value and derivative in the form that XLA's rewriter for cuDNN
 * looks for. It then makes one kernel of the two products and the softmax between them, forwards
 * and backwards, that keeps no [queries, keys] matrix in memory (Dao et al., arXiv 2205.14135).
 */
public final class AttentionWeights {
  private static final int LAST = -1;

  private AttentionWeights() {}

  /**
   * y = e / s with e = exp(z - max z) and s = sum e over the last axis.
   *
   * @param tf builder of the graph
   * @param scores z, [..., keys]; widened to float32 after its maximum is taken, since the rewriter
   *     wants the sum of products and bias to be what both read
   * @return y of the shape of z
   */
  public static Operand<TFloat32> of(Ops tf, Operand<? extends TNumber> scores) {
    Operand<TInt32> last = tf.constant(LAST);
    Operand<TFloat32> z = tf.dtypes.cast(scores, TFloat32.class);
    // y does not depend on it: it keeps exp finite.
    Operand<TFloat32> most =
        tf.stopGradient(tf.dtypes.cast(tf.max(scores, last, Max.keepDims(true)), TFloat32.class));
    Operand<TFloat32> e = tf.math.exp(tf.math.sub(z, most));
    Operand<TFloat32> s = tf.sum(e, last, Sum.keepDims(true));
    return HandWritten.SOFTMAX.value(tf, z, tf.math.div(e, s), List.of(e, s));
  }

  /** dz = e (dy / s - sum(dy e / s^2)). */
  static List<Operand<?>> derivative(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> dy = call.dy(1);
    Operand<TNumber> e = call.input(2);
    Operand<TNumber> s = call.input(3);
    Operand<TNumber> inverse = tf.math.reciprocal(tf.math.mul(s, s));
    Operand<TNumber> sum = tf.sum(tf.math.mul(tf.math.mul(dy, inverse), e), tf.constant(LAST));
    // Negated before it gets its axis back: TensorFlow would make a difference of a + -b.
    Operand<TNumber> minus = tf.expandDims(tf.math.neg(sum), tf.constant(LAST));
    return call.byFirst(tf.math.mul(tf.math.add(tf.math.div(dy, s), minus), e));
  }
}
