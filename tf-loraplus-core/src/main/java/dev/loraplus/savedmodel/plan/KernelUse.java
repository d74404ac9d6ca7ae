package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A product or lookup that a kernel takes part in, so that an adapter can add its part to the
 * result: h = W x + s B A x, without ever building s B A.
 */
public sealed interface KernelUse
    permits MatrixUse, BatchMatrixUse, EinsumUse, ConvolutionUse, LookupUse {

  /**
   * The kernel as this use takes it.
   *
   * @return a matrix view
   */
  KernelView view();

  /**
   * The node of the product.
   *
   * @return its first output is what the adapter adds to
   */
  String node();

  /**
   * What the kernel is multiplied with, or the row numbers of a lookup.
   *
   * @return a tensor of the flat graph
   */
  TensorName input();

  /**
   * The op, for reports.
   *
   * @return such as {@code MatMul}
   */
  String op();

  /**
   * Whether {@link #input} are row numbers.
   *
   * @return true for lookups
   */
  default boolean isLookup() {
    return false;
  }

  /**
   * s B A x.
   *
   * @param tf builder of the graph
   * @param factors A, B and s
   * @param x the input, float32
   * @return the adapter's part, of the product's shape or one that reshapes to it
   */
  Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> x);

  /**
   * x s, of the narrow product A x.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @param factors where s is
   * @return of the shape of x
   */
  static Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> x, Factors factors) {
    return tf.math.mul(x, factors.scaling());
  }
}
