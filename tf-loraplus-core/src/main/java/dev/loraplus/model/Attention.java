package dev.loraplus.model;

import dev.loraplus.gradient.AttendedValues;
import dev.loraplus.gradient.AttentionWeights;
import dev.loraplus.graph.NarrowProducts;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Attention of every head, y = softmax(scale q k^T + bias) v (Vaswani et al., arXiv 1706.03762), in
 * the form that suits how the pass is computed.
 *
 * @param layers the pass
 * @param scale of the scores
 * @param dropout of the weights, where the pass trains
 */
record Attention(Layers layers, double scale, double dropout) {
  /** Hides a key where scores are too small to matter, and stays finite in any base of exp. */
  private static final float HIDDEN = -1e9f;

  private static final String SCORES = "bhqd,bhkd->bhqk";
  private static final String VALUES = "bhqk,bhkd->bhqd";

  /** What is added to the score of a key that must not be seen; finite where it is rounded too. */
  static float hidden(Products products) {
    return products.narrowInChains() || products.compute().isNarrowThroughout()
        ? HIDDEN
        : -Float.MAX_VALUE;
  }

  /**
   * q as {@link #apply} wants it: times the scale, or what of it {@link #apply} leaves. In bfloat16
   * compiled, that is all but its power of two, by which scores can be multiplied after they are
   * rounded; compiled as a whole, it is nothing.
   */
  Operand<? extends TNumber> query(Operand<TFloat32> q) {
    Products products = products();
    if (products.compute().isNarrowThroughout()) {
      return q;
    }
    double factor = products.narrowInChains() ? scale / power() : scale;
    return products.factor(factor == 1 ? q : times(q, factor));
  }

  /**
   * y of every query.
   *
   * @param q of {@link #query}, [batch, heads, queries, size]
   * @param k [batch, heads, keys, size]
   * @param v [batch, heads, keys, size]
   * @param bias added to the scores, 0 or {@link #hidden}, [batch, 1, queries or 1, keys]
   * @param site unique name of the place, for dropout
   * @return [batch, heads, queries, size]
   */
  Operand<? extends TNumber> apply(
      Operand<? extends TNumber> q,
      Operand<? extends TNumber> k,
      Operand<? extends TNumber> v,
      Operand<TFloat32> bias,
      String site) {
    if (products().compute().isNarrowThroughout()) {
      return dropped(inOneKernel(q, k, bias), v, site);
    }
    Operand<TFloat32> scores = products().wide(products().einsum(SCORES, q, k));
    if (!products().narrowInChains()) {
      return dropped(tf().nn.softmax(tf().math.add(scores, bias)), v, site);
    }
    Operand<TFloat32> scaled = tf().math.add(times(scores, power()), bias);
    if (layers.drops(dropout)) {
      return dropped(tf().nn.softmax(scaled), v, site);
    }
    // The scores were rounded before, which a power of two and a bias that hides leave as they are.
    Operand<TBfloat16> rounded = products().narrow(scaled);
    return AttendedValues.of(tf(), rounded, softmax(rounded), products().narrow(v));
  }

  private Operand<? extends TNumber> dropped(
      Operand<TFloat32> weights, Operand<? extends TNumber> v, String site) {
    return products().einsum(VALUES, layers.dropout(weights, dropout, site), v);
  }

  /**
   * The weights as they are written for cuDNN's kernel for all of attention. That reads the bias as
   * bfloat16 whatever it is, so it is one, and so is the sum with it: the product has been rounded,
   * and a bias that hides or not changes nothing about that. Of the scale the kernel gets the power
   * of two, which bfloat16 holds, and q the rest, before it is rounded.
   */
  private Operand<TFloat32> inOneKernel(
      Operand<? extends TNumber> q, Operand<? extends TNumber> k, Operand<TFloat32> bias) {
    Products products = products();
    double rest = scale / power();
    Operand<TFloat32> scaled = rest == 1 ? products.wide(q) : times(products.wide(q), rest);
    Operand<TBfloat16> scores =
        tf().linalg.einsum(List.of(products.narrow(scaled), products.narrow(k)), SCORES);
    Operand<TBfloat16> factor = tf().dtypes.cast(tf().constant((float) power()), TBfloat16.class);
    return AttentionWeights.of(
        tf(), tf().math.add(tf().math.mul(scores, factor), products.narrow(bias)));
  }

  /**
   * The same number by number either way. In bfloat16 only oneDNN's kernel sums in float32, which
   * needs a processor with bfloat16; passes that predict may be saved and run on any.
   */
  private Operand<TBfloat16> softmax(Operand<TBfloat16> scores) {
    return layers.trains() && NarrowProducts.onProcessor()
        ? tf().nn.softmax(scores)
        : products().narrow(tf().nn.softmax(products().wide(scores)));
  }

  /** The largest power of two in the scale. */
  private double power() {
    return Math.scalb(1.0, Math.getExponent(scale));
  }

  private Operand<TFloat32> times(Operand<TFloat32> x, double factor) {
    return tf().math.mul(x, tf().constant((float) factor));
  }

  private Products products() {
    return layers.products();
  }

  private Ops tf() {
    return layers.tf();
  }
}
