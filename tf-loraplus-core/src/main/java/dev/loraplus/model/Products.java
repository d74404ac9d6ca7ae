package dev.loraplus.model;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
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

  /** Whether they are, and chains of small ops around the products are compiled. */
  boolean narrowInChains() {
    return narrow() && compute.compilation() == Compilation.ELEMENTWISE;
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

  /** x as it is kept between layers. */
  Operand<TFloat32> kept(Operand<TFloat32> x) {
    return compute.isNarrowThroughout() ? wide(narrow(x)) : x;
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
