package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * BatchMatMul with one kernel for the whole batch.
 *
 * @param node the product
 * @param op which of its versions
 * @param input x, [..., rows, in] on the kernel's left
 * @param view the kernel as a matrix
 * @param side where the kernel stands
 * @param inputTransposed whether the product takes x with its last two axes exchanged
 */
record BatchMatrixUse(
    String node,
    String op,
    TensorName input,
    KernelView view,
    KernelSide side,
    boolean inputTransposed)
    implements KernelUse {
  @Override
  public Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> x) {
    if (side == KernelSide.RIGHT) {
      // s x A^T B^T
      Operand<TFloat32> narrow = product(tf, x, factors.a(), inputTransposed, true);
      return product(tf, KernelUse.scaled(tf, narrow, factors), factors.b(), false, true);
    }
    // s B A x
    Operand<TFloat32> narrow = product(tf, factors.a(), x, false, inputTransposed);
    return product(tf, factors.b(), KernelUse.scaled(tf, narrow, factors), false, false);
  }

  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> y, boolean adjX, boolean adjY) {
    return tf.train.batchMatMul(
        x, y, TFloat32.class, BatchMatMul.adjX(adjX), BatchMatMul.adjY(adjY));
  }
}
