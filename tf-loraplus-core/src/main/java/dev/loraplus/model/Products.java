package dev.loraplus.model;

import dev.loraplus.config.Precision;
import dev.loraplus.graph.ResourceVariable;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * The matrix products of a pass in its precision. Operands and results are float32; with BFLOAT16
 * the operands are rounded before a product and its sums are kept in float32 until the result is
 * rounded.
 *
 * @param tf builder of the graph
 * @param precision of the products
 */
public record Products(Ops tf, Precision precision) {
  /**
   * Products in float32.
   *
   * @param tf builder of the graph
   * @return the exact ones
   */
  public static Products exact(Ops tf) {
    return new Products(tf, Precision.FLOAT32);
  }

  /**
   * x W or x W^T.
   *
   * @param x [rows, in]
   * @param weight a matrix
   * @param transposed whether W is [out, in]
   * @return [rows, out]
   */
  public Operand<TFloat32> matMul(
      Operand<TFloat32> x, ResourceVariable weight, boolean transposed) {
    if (!weight.isNarrow()) {
      return tf.linalg.matMul(x, weight.value(), MatMul.transposeB(transposed));
    }
    Operand<TBfloat16> held = weight.held().asOutput().expect(TBfloat16.class);
    return wide(tf.linalg.matMul(narrow(x), held, MatMul.transposeB(transposed)));
  }

  /**
   * A sum of products over named axes. Unlike a batched product, its gradient is one too, for which
   * TensorFlow has fast kernels.
   *
   * @param equation such as {@code bhqd,bhkd->bhqk}
   * @param x first factor
   * @param y second factor
   * @return the sums
   */
  Operand<TFloat32> einsum(String equation, Operand<TFloat32> x, Operand<TFloat32> y) {
    return precision == Precision.FLOAT32
        ? tf.linalg.einsum(List.of(x, y), equation)
        : wide(tf.linalg.einsum(List.of(narrow(x), narrow(y)), equation));
  }

  private Operand<TBfloat16> narrow(Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private Operand<TFloat32> wide(Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}
