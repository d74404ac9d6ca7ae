package dev.loraplus.model;

import dev.loraplus.gradient.Widened;
import dev.loraplus.graph.ResourceVariable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * x W + b or x W^T + b as a function of x.
 *
 * @param weight W, a matrix
 * @param transposed whether W is [out, in]
 * @param bias [out], or null for none
 */
record AffineMap(ResourceVariable weight, boolean transposed, @Nullable Operand<TFloat32> bias) {
  /** Wider weights multiply as fast alone, and a copy of them would be large. */
  private static final long WIDEST = 1024;

  /**
   * The values of some of them for the same x.
   *
   * @param x [rows, in]
   * @param trains whether the pass trains
   * @return [rows, out] of each
   */
  static List<Operand<TFloat32>> values(
      Products products, Operand<TFloat32> x, List<AffineMap> maps, boolean trains) {
    return trains && areOneProduct(products, maps)
        ? together(products, x, maps)
        : maps.stream().map(map -> map.value(products, x)).toList();
  }

  private Operand<TFloat32> value(Products products, Operand<TFloat32> x) {
    Ops tf = products.tf();
    if (weight.isNarrow()) {
      return biased(products, tf.linalg.matMul(products.narrow(x), held(), transposition()));
    }
    Operand<TFloat32> y = tf.linalg.matMul(x, weight.value(), transposition());
    return bias == null ? y : tf.nn.biasAdd(y, bias);
  }

  /**
   * Whether the weights are laid side by side for one product, anew in each step; the copy is kept
   * for the gradient of x. On a CPU with AMX one of [2048, 768] and [768, 3072] in bfloat16 takes
   * as long as 2.8 with [768, 768]. In float32 it gains nothing, and XLA decides for itself.
   */
  private static boolean areOneProduct(Products products, List<AffineMap> maps) {
    return maps.size() > 1
        && !products.compute().isNarrowThroughout()
        && maps.stream().allMatch(map -> map.isLike(maps.get(0)));
  }

  private boolean isLike(AffineMap other) {
    return weight.isNarrow() && transposed == other.transposed && outputs() <= WIDEST;
  }

  private static List<Operand<TFloat32>> together(
      Products products, Operand<TFloat32> x, List<AffineMap> maps) {
    Ops tf = products.tf();
    AffineMap any = maps.get(0);
    Operand<TBfloat16> all =
        tf.concat(maps.stream().map(AffineMap::held).toList(), tf.constant(any.transposed ? 0 : 1));
    Operand<TBfloat16> y = tf.linalg.matMul(products.narrow(x), all, any.transposition());
    long[] sizes = maps.stream().mapToLong(AffineMap::outputs).toArray();
    List<Output<TBfloat16>> parts =
        tf.splitV(y, tf.constant(sizes), tf.constant(1), (long) sizes.length).output();
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      values.add(maps.get(i).biased(products, parts.get(i)));
    }
    return values;
  }

  /**
   * y + b. On a CPU oneDNN's product in bfloat16 that adds its bias takes 1.3 to 1.5 times as long
   * as the one that does not; widened first, the sum is also rounded once less.
   */
  private Operand<TFloat32> biased(Products products, Operand<TBfloat16> y) {
    Ops tf = products.tf();
    if (bias == null) {
      return products.wide(y);
    }
    return products.compute().isNarrowThroughout()
        ? products.wide(tf.nn.biasAdd(y, products.narrow(bias)))
        : tf.nn.biasAdd(Widened.of(tf, y), bias);
  }

  private Operand<TBfloat16> held() {
    return weight.held().asOutput().expect(TBfloat16.class);
  }

  private MatMul.Options transposition() {
    return MatMul.transposeB(transposed);
  }

  private long outputs() {
    return weight.shape().get(transposed ? 0 : 1);
  }
}
