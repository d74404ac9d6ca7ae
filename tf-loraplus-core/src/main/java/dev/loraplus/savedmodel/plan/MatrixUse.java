package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * MatMul.
 *
 * @param node the product
 * @param input x
 * @param view the kernel as a matrix
 * @param side where the kernel stands
 * @param inputTransposed whether the product takes x^T
 */
record MatrixUse(
    String node, TensorName input, KernelView view, KernelSide side, boolean inputTransposed)
    implements KernelUse {
  @Override
  public String op() {
    return "MatMul";
  }

  @Override
  public Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> x) {
    if (side == KernelSide.RIGHT) {
      // s x A^T B^T
      Operand<TFloat32> narrow =
          tf.linalg.matMul(
              x, factors.a(), MatMul.transposeA(inputTransposed), MatMul.transposeB(true));
      return tf.linalg.matMul(
          KernelUse.scaled(tf, narrow, factors), factors.b(), MatMul.transposeB(true));
    }
    // s B A x
    Operand<TFloat32> narrow = tf.linalg.matMul(factors.a(), x, MatMul.transposeB(inputTransposed));
    return tf.linalg.matMul(factors.b(), KernelUse.scaled(tf, narrow, factors));
  }
}
