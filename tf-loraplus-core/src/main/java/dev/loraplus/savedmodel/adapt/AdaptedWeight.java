package dev.loraplus.savedmodel.adapt;

import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.KernelView;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A weight with its adapter in it, where it is used and where it is merged: the same ops, so that
 * both give the same bits.
 *
 * @param view the weight as a matrix
 * @param factors A, B and s
 * @param magnitude m of DoRA
 */
public record AdaptedWeight(KernelView view, Factors factors, Optional<Magnitude> magnitude) {

  /**
   * What DoRA adds (Liu et al., arXiv 2402.09353).
   *
   * @param value m, [out]
   * @param enabled e, a scalar: 1, or 0 for the weight without its adapter
   */
  public record Magnitude(Operand<TFloat32> value, Operand<TFloat32> enabled) {}

  /**
   * W + s B A; with DoRA, whose norm counts as a constant for the gradient as in peft,
   *
   * <pre>
   * g = m / |W + s B A|      by outputs
   * (1 + e (g - 1)) (W + s B A)
   * </pre>
   *
   * @param tf builder of the graph
   * @param weight W in the kernel's own shape
   * @param <T> type of its numbers, to which the adapter's part is rounded
   * @return of the shape and type of W
   */
  public <T extends TType> Operand<T> of(Ops tf, Operand<T> weight) {
    Operand<T> sum = tf.math.add(weight, tf.dtypes.cast(view.delta(tf, factors), weight.type()));
    if (magnitude.isEmpty()) {
      return sum;
    }
    Operand<TFloat32> adapted = sum.asOutput().expect(TFloat32.class);
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> g =
        tf.math.div(magnitude.get().value(), tf.stopGradient(view.norms(tf, adapted)));
    Operand<TFloat32> switched =
        tf.math.add(one, tf.math.mul(tf.math.sub(g, one), magnitude.get().enabled()));
    return tf.math.mul(adapted, view.spread(tf, switched)).asOutput().expect(weight.type());
  }
}
