package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** Rows brought to mean 0 and mean square 1, or to mean square 1 alone, over the last axis. */
public final class Standardized {
  private Standardized() {}

  /**
   * y = r (x - mean(x)) with r = 1 / sqrt(variance(x) + epsilon), the core of LayerNorm (Ba et al.,
   * arXiv 1607.06450).
   *
   * @param tf builder of the graph
   * @param x [..., dim]
   * @param epsilon above 0
   * @param onePass takes the variance as mean(x^2) - mean(x)^2, which reads x once and loses digits
   *     where the mean is large beside the spread; enough for x of bfloat16
   * @return y of the shape of x
   */
  public static Operand<TFloat32> centred(
      Ops tf, Operand<TFloat32> x, double epsilon, boolean onePass) {
    Operand<TFloat32> mean = mean(tf, x);
    Operand<TFloat32> variance =
        onePass
            ? tf.math.maximum(
                tf.math.sub(mean(tf, tf.math.square(x)), tf.math.square(mean)), tf.constant(0f))
            : mean(tf, tf.math.squaredDifference(x, mean));
    Operand<TFloat32> r = tf.math.rsqrt(tf.math.add(variance, tf.constant((float) epsilon)));
    Operand<TFloat32> y = tf.math.mul(tf.math.sub(x, mean), r);
    return HandWritten.STANDARDIZED.value(tf, x, y, List.of(r));
  }

  /**
   * y = r x with r = 1 / sqrt(mean(x^2) + epsilon), the core of RMSNorm (Zhang and Sennrich, arXiv
   * 1910.07467).
   *
   * @param tf builder of the graph
   * @param x [..., dim]
   * @param epsilon above 0
   * @return y of the shape of x
   */
  public static Operand<TFloat32> uncentred(Ops tf, Operand<TFloat32> x, double epsilon) {
    Operand<TFloat32> meanSquare = mean(tf, tf.math.square(x));
    Operand<TFloat32> r = tf.math.rsqrt(tf.math.add(meanSquare, tf.constant((float) epsilon)));
    return HandWritten.SCALED_TO_ONE.value(tf, x, tf.math.mul(x, r), List.of(r));
  }

  /** dx = r (g - mean(g) - y mean(g y)). */
  static List<Operand<?>> centred(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> g = call.dy(1);
    return derivative(call, tf.math.sub(g, mean(tf, g)));
  }

  /** dx = r (g - y mean(g y)). */
  static List<Operand<?>> uncentred(OpCall call) {
    return derivative(call, call.dy(1));
  }

  private static List<Operand<?>> derivative(OpCall call, Operand<TNumber> g) {
    Ops tf = call.tf();
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> r = call.input(2);
    Operand<TNumber> along = tf.math.mul(y, mean(tf, tf.math.mul(call.dy(1), y)));
    return call.byFirst(tf.math.mul(r, tf.math.sub(g, along)));
  }

  private static <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> x) {
    return tf.math.mean(x, tf.constant(new int[] {-1}), Mean.keepDims(true));
  }
}
