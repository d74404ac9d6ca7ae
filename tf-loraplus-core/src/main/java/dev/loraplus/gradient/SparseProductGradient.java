package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.sparse.SparseTensorDenseMatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * y = S D of a sparse S and a dense D, as graph networks have it. Inputs: the places of S [values,
 * 2], its values, its shape, D.
 */
final class SparseProductGradient {
  private SparseProductGradient() {}

  /** With G = dy: dD = S^T G, and the value at (i, j) has the derivative G_i . D_j. */
  static List<Operand<?>> of(OpCall call) {
    Ops tf = call.tf();
    boolean turnedS = call.op().attributes().getAttrBool("adjoint_a");
    boolean turnedD = call.op().attributes().getAttrBool("adjoint_b");
    @SuppressWarnings("unchecked")
    Operand<TInt64> shape = (Operand<TInt64>) (Operand<?>) call.input(2);
    Operand<TNumber> places = call.input(0);
    Operand<TNumber> g = call.dy(0);
    Operand<TNumber> d = turnedD ? turned(tf, call.input(3)) : call.input(3);
    Operand<TNumber> dd =
        tf.sparse.sparseTensorDenseMatMul(
            places, call.input(1), shape, g, SparseTensorDenseMatMul.adjointA(!turnedS));
    Operand<TNumber> ofY = column(tf, places, turnedS ? 1 : 0);
    Operand<TNumber> ofD = column(tf, places, turnedS ? 0 : 1);
    Operand<TNumber> both =
        tf.math.mul(tf.gather(g, ofY, tf.constant(0)), tf.gather(d, ofD, tf.constant(0)));
    return List.of(
        call.none(),
        tf.sum(both, tf.constant(new int[] {1})),
        call.none(),
        turnedD ? turned(tf, dd) : dd);
  }

  private static Operand<TNumber> turned(Ops tf, Operand<TNumber> x) {
    return tf.linalg.transpose(x, tf.constant(new int[] {1, 0}));
  }

  private static Operand<TNumber> column(Ops tf, Operand<TNumber> places, int column) {
    Operand<TInt32> axis = tf.constant(1);
    return tf.gather(places, tf.constant(column), axis);
  }
}
