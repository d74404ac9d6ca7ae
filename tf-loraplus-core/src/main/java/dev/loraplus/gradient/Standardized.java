package dev.loraplus.gradient;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
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
   * @return y of the shape of x
   */
  public static Operand<TFloat32> centred(Ops tf, Operand<TFloat32> x, double epsilon) {
    Operand<TFloat32> mean = mean(tf, x);
    Operand<TFloat32> variance = mean(tf, tf.math.squaredDifference(x, mean));
    Operand<TFloat32> r = inverseRoot(tf, variance, epsilon);
    return HandWritten.STANDARDIZED.value(tf, x, centred(tf, x, mean, r), List.of(r));
  }

  /**
   * The same with the variance as mean(x^2) - mean(x)^2, which reads x once and loses digits where
   * the mean is large beside the spread; enough for x of bfloat16.
   *
   * @param tf builder of the graph
   * @param x [..., dim]
   * @param epsilon above 0
   * @return y of the shape of x
   */
  public static Operand<TFloat32> centredInOnePass(Ops tf, Operand<TFloat32> x, double epsilon) {
    Operand<TFloat32> mean = mean(tf, x);
    Operand<TFloat32> variance =
        tf.math.maximum(
            tf.math.sub(mean(tf, tf.math.square(x)), tf.math.square(mean)), tf.constant(0f));
    Operand<TFloat32> r = inverseRoot(tf, variance, epsilon);
    return HandWritten.STANDARDIZED.value(tf, x, centred(tf, x, mean, r), List.of(r));
  }

  /**
   * The same where XLA compiles the chain of ops on a CPU, with means of {@link FoldedRows}.
   *
   * @param tf builder of the graph
   * @param x [..., dim]
   * @param epsilon above 0
   * @return y of the shape of x
   */
  public static Operand<TFloat32> centredInChains(Ops tf, Operand<TFloat32> x, double epsilon) {
    Optional<Operand<TInt32>> folds = FoldedRows.of(tf, x);
    if (folds.isEmpty()) {
      return centred(tf, x, epsilon);
    }
    Operand<TFloat32> mean = FoldedRows.mean(tf, x, folds.get());
    Operand<TFloat32> variance =
        FoldedRows.mean(tf, tf.math.squaredDifference(x, mean), folds.get());
    Operand<TFloat32> r = inverseRoot(tf, variance, epsilon);
    return HandWritten.STANDARDIZED_IN_CHAINS.value(
        tf, x, centred(tf, x, mean, r), List.of(r, folds.get()));
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
    Operand<TFloat32> r = inverseRoot(tf, meanSquare, epsilon);
    return HandWritten.SCALED_TO_ONE.value(tf, x, tf.math.mul(x, r), List.of(r));
  }

  /**
   * The same where XLA compiles the chain of ops on a CPU, with means of {@link FoldedRows}.
   *
   * @param tf builder of the graph
   * @param x [..., dim]
   * @param epsilon above 0
   * @return y of the shape of x
   */
  public static Operand<TFloat32> uncentredInChains(Ops tf, Operand<TFloat32> x, double epsilon) {
    Optional<Operand<TInt32>> folds = FoldedRows.of(tf, x);
    if (folds.isEmpty()) {
      return uncentred(tf, x, epsilon);
    }
    Operand<TFloat32> meanSquare = FoldedRows.mean(tf, tf.math.square(x), folds.get());
    Operand<TFloat32> r = inverseRoot(tf, meanSquare, epsilon);
    return HandWritten.SCALED_TO_ONE_IN_CHAINS.value(
        tf, x, tf.math.mul(x, r), List.of(r, folds.get()));
  }

  /** dx = r (g - mean(g) - y mean(g y)). */
  static List<Operand<?>> centred(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> g = call.dy(1);
    return derivative(call, tf.math.sub(g, mean(tf, g)), mean(tf, along(call)));
  }

  /** The same with means of folded rows. */
  static List<Operand<?>> centredInChains(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> g = call.dy(1);
    return derivative(
        call,
        tf.math.sub(g, FoldedRows.mean(tf, g, folds(call))),
        FoldedRows.mean(tf, along(call), folds(call)));
  }

  /** dx = r (g - y mean(g y)). */
  static List<Operand<?>> uncentred(OpCall call) {
    return derivative(call, call.dy(1), mean(call.tf(), along(call)));
  }

  /** The same with means of folded rows. */
  static List<Operand<?>> uncentredInChains(OpCall call) {
    return derivative(call, call.dy(1), FoldedRows.mean(call.tf(), along(call), folds(call)));
  }

  private static Operand<TInt32> folds(OpCall call) {
    return call.op().input(3).expect(TInt32.class);
  }

  private static List<Operand<?>> derivative(
      OpCall call, Operand<TNumber> g, Operand<TNumber> along) {
    Ops tf = call.tf();
    Operand<TNumber> y = call.input(1);
    Operand<TNumber> r = call.input(2);
    return call.byFirst(tf.math.mul(r, tf.math.sub(g, tf.math.mul(y, along))));
  }

  /** g y. */
  private static Operand<TNumber> along(OpCall call) {
    return call.tf().math.mul(call.dy(1), call.input(1));
  }

  private static Operand<TFloat32> inverseRoot(Ops tf, Operand<TFloat32> variance, double epsilon) {
    return tf.math.rsqrt(tf.math.add(variance, tf.constant((float) epsilon)));
  }

  private static Operand<TFloat32> centred(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> mean, Operand<TFloat32> r) {
    return tf.math.mul(tf.math.sub(x, mean), r);
  }

  private static <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> x) {
    return tf.math.mean(x, tf.constant(new int[] {-1}), Mean.keepDims(true));
  }
}
