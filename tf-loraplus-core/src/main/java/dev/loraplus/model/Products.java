package dev.loraplus.model;

import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.gradient.AttentionWeights;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.dtypes.Cast;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The matrix products of a pass in its precision. With BFLOAT16 operands are rounded before a
 * product, and its sums are kept in float32 until the result is rounded. What is rounded already
 * may be handed on as it is; everything else is float32.
 *
 * @param tf builder of the graph
 * @param compute precision of the products, and what is compiled
 */
public record Products(Ops tf, ComputeConfig compute) {
  /** Hides a key where scores are too small to matter, and stays finite in any base of exp. */
  private static final float HIDDEN = -1e9f;

  private static final String SCORES = "bhqd,bhkd->bhqk";

  /**
   * Products in float32.
   *
   * @param tf builder of the graph
   * @return the exact ones
   */
  public static Products exact(Ops tf) {
    return new Products(tf, ComputeConfig.exact());
  }

  /** Whether operands are rounded to bfloat16. */
  boolean narrow() {
    return compute.precision() == Precision.BFLOAT16;
  }

  /**
   * x M^T for an M that trains.
   *
   * @param x [rows, in]
   * @param m [out, in]
   * @return [rows, out]
   */
  public Operand<TFloat32> product(Operand<TFloat32> x, Operand<TFloat32> m) {
    return compute.isNarrowThroughout()
        ? wide(tf.linalg.matMul(narrow(x), narrow(m), MatMul.transposeB(true)))
        : tf.linalg.matMul(x, m, MatMul.transposeB(true));
  }

  /**
   * y + x M^T for an M that trains.
   *
   * @param y [rows, out]
   * @param x [rows, in]
   * @param m [out, in]
   * @return [rows, out]
   */
  public Operand<TFloat32> plus(Operand<TFloat32> y, Operand<TFloat32> x, Operand<TFloat32> m) {
    if (!compute.isNarrowThroughout()) {
      return sum(y, product(x, m));
    }
    Operand<TBfloat16> added = tf.linalg.matMul(narrow(x), narrow(m), MatMul.transposeB(true));
    return wide(tf.math.add(narrow(y), added));
  }

  /**
   * x + y of one shape. As an AddN: the gradient of an Add asks for the shapes of x and y, for
   * which both would be computed where a part is built again for the backward pass.
   */
  Operand<TFloat32> sum(Operand<TFloat32> x, Operand<TFloat32> y) {
    return tf.math.addN(List.of(x, y));
  }

  /**
   * The weights of attention for every head, softmax(scale q k^T + bias) (Vaswani et al., arXiv
   * 1706.03762). Where all is bfloat16, they are written for cuDNN's kernel for all of attention.
   * That reads the bias as bfloat16 whatever it is, so it is one, and so is the sum with it: the
   * product has been rounded, and a bias that hides or not changes nothing about that. Of the scale
   * the kernel gets the power of two, which bfloat16 holds, and q the rest, before it is rounded.
   *
   * @param q of {@link #query}, [batch, heads, queries, size]
   * @param k [batch, heads, keys, size]
   * @param scale of the scores, the same that {@code query} was given
   * @param bias added to the scores, 0 or {@link #hidden}, [batch, 1, queries or 1, keys]
   * @return [batch, heads, queries, keys]
   */
  Operand<TFloat32> attentionWeights(
      Operand<? extends TNumber> q,
      Operand<? extends TNumber> k,
      double scale,
      Operand<TFloat32> bias) {
    if (!compute.isNarrowThroughout()) {
      return tf.nn.softmax(tf.math.add(wide(einsum(SCORES, q, k)), bias));
    }
    double power = Math.scalb(1.0, Math.getExponent(scale));
    Operand<TFloat32> scaled = scale == power ? wide(q) : times(wide(q), scale / power);
    Operand<TBfloat16> scores = tf.linalg.einsum(List.of(narrow(scaled), narrow(k)), SCORES);
    Operand<TBfloat16> factor = tf.dtypes.cast(tf.constant((float) power), TBfloat16.class);
    return AttentionWeights.of(tf, tf.math.add(tf.math.mul(scores, factor), narrow(bias)));
  }

  /** What is added to the score of a key that must not be seen. */
  float hidden() {
    return compute.isNarrowThroughout() ? HIDDEN : -Float.MAX_VALUE;
  }

  /**
   * A sum of products over named axes. Unlike a batched product, its gradient is one too, for which
   * TensorFlow has fast kernels.
   *
   * @param equation such as {@code bhqd,bhkd->bhqk}
   * @param x first factor
   * @param y second factor
   * @return the sums, rounded as {@link #factor} rounds
   */
  Operand<? extends TNumber> einsum(
      String equation, Operand<? extends TNumber> x, Operand<? extends TNumber> y) {
    if (!narrow()) {
      return tf.linalg.einsum(List.of(wide(x), wide(y)), equation);
    }
    Operand<TBfloat16> sums = tf.linalg.einsum(List.of(narrow(x), narrow(y)), equation);
    return compute.isNarrowThroughout() ? wide(sums) : sums;
  }

  /**
   * x as a product will read it, for what only moves it until then. Where all is bfloat16 it stays
   * float32: XLA moves the rounding, and cuDNN's kernels are found by it.
   */
  Operand<? extends TNumber> factor(Operand<TFloat32> x) {
    return narrow() && !compute.isNarrowThroughout() ? narrow(x) : x;
  }

  /**
   * q as {@link #attentionWeights} wants it: times the scale, except where all is bfloat16, whose
   * kernel has the scale within.
   */
  Operand<? extends TNumber> query(Operand<TFloat32> q, double scale) {
    return compute.isNarrowThroughout() ? q : factor(times(q, scale));
  }

  /** x as it is kept between layers. */
  Operand<TFloat32> kept(Operand<TFloat32> x) {
    return compute.isNarrowThroughout() ? wide(narrow(x)) : x;
  }

  private Operand<TFloat32> times(Operand<TFloat32> x, double factor) {
    return tf.math.mul(x, tf.constant((float) factor));
  }

  /** x rounded to bfloat16, which what was only widened is already. */
  Operand<TBfloat16> narrow(Operand<? extends TNumber> x) {
    if (x.type().equals(TBfloat16.class)) {
      return x.asOutput().expect(TBfloat16.class);
    }
    if (!compute.isNarrowThroughout() && x.op().type().equals(Cast.OP_NAME)) {
      Output<?> source = ((GraphOperation) x.op()).input(0);
      if (source.type().equals(TBfloat16.class)) {
        return source.expect(TBfloat16.class);
      }
    }
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  /** x in float32. */
  Operand<TFloat32> wide(Operand<? extends TNumber> x) {
    return x.type().equals(TFloat32.class)
        ? x.asOutput().expect(TFloat32.class)
        : tf.dtypes.cast(x, TFloat32.class);
  }
}
