package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Rows of a table [count, dim]. The adapter takes the same columns of A and multiplies them with B;
 * {@link #delta} gets the columns.
 *
 * @param node the lookup
 * @param op which op it is
 * @param input the row numbers
 * @param view the table with its count as the input
 */
record LookupUse(String node, String op, TensorName input, KernelView view) implements KernelUse {
  @Override
  public boolean isLookup() {
    return true;
  }

  @Override
  public Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> columns) {
    // s A[:, i]^T B^T, [rows, dim]
    return tf.linalg.matMul(
        KernelUse.scaled(tf, columns, factors),
        factors.b(),
        org.tensorflow.op.linalg.MatMul.transposeB(true));
  }
}
