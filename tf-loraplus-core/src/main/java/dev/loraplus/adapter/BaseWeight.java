package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The frozen weight W0 of a module that carries an adapter.
 *
 * @param variable holds it, of two dimensions
 * @param layout whether the variable is [out, in] or [in, out]
 */
public record BaseWeight(ResourceVariable variable, KernelLayout layout) {

  /**
   * Checks the shape.
   *
   * @param variable holds it, of two dimensions
   * @param layout whether the variable is [out, in] or [in, out]
   */
  public BaseWeight {
    Shape shape = variable.shape();
    if (shape.numDimensions() != 2) {
      throw new IllegalArgumentException(
          "base weight '" + variable.name() + "': must be a matrix, got the shape " + shape);
    }
  }

  /**
   * Features of the product.
   *
   * @return rows of W0
   */
  public int out() {
    return side(layout == KernelLayout.OUT_IN ? 0 : 1);
  }

  /**
   * Features of the input.
   *
   * @return columns of W0
   */
  public int in() {
    return side(layout == KernelLayout.OUT_IN ? 1 : 0);
  }

  /** W0 + s B A as it lies in memory. */
  Operand<TFloat32> plus(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, double scaling) {
    return tf.math.add(variable.value(), scaled(tf, a, b, scaling));
  }

  /** W0 - s B A as it lies in memory. */
  Operand<TFloat32> minus(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, double scaling) {
    return tf.math.sub(variable.value(), scaled(tf, a, b, scaling));
  }

  private Operand<TFloat32> scaled(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, double scaling) {
    return tf.math.mul(layout.lowRank(tf, a, b), tf.constant((float) scaling));
  }

  private int side(int axis) {
    return Math.toIntExact(variable.shape().get(axis));
  }
}
