package dev.loraplus.adapter;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * How a matrix W of [out, in] lies in memory. Everything here works on the stored matrix as it
 * lies, so that no transpose of a whole weight is made.
 */
public enum KernelLayout {
  /** As it is written: a row for each output. */
  OUT_IN {
    @Override
    Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> stored) {
      return tf.linalg.matMul(x, stored, MatMul.transposeB(true));
    }

    @Override
    Operand<TFloat32> lowRank(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
      return tf.linalg.matMul(b, a);
    }

    @Override
    Operand<TFloat32> outIn(Ops tf, Operand<TFloat32> stored) {
      return stored;
    }

    @Override
    Operand<TFloat32> scaleRows(Ops tf, Operand<TFloat32> stored, Operand<TFloat32> factors) {
      return tf.math.mul(stored, tf.expandDims(factors, tf.constant(1)));
    }

    @Override
    Operand<TFloat32> rowNorms(Ops tf, Operand<TFloat32> stored) {
      return tf.math.sqrt(tf.sum(tf.math.square(stored), tf.constant(1)));
    }
  },
  /** Its transpose: a row for each input, as in GPT-2's Conv1D and TensorFlow's kernels. */
  IN_OUT {
    @Override
    Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> stored) {
      return tf.linalg.matMul(x, stored);
    }

    @Override
    Operand<TFloat32> lowRank(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
      return tf.linalg.matMul(a, b, MatMul.transposeA(true), MatMul.transposeB(true));
    }

    @Override
    Operand<TFloat32> outIn(Ops tf, Operand<TFloat32> stored) {
      return tf.linalg.transpose(stored, tf.constant(new int[] {1, 0}));
    }

    @Override
    Operand<TFloat32> scaleRows(Ops tf, Operand<TFloat32> stored, Operand<TFloat32> factors) {
      return tf.math.mul(stored, factors);
    }

    @Override
    Operand<TFloat32> rowNorms(Ops tf, Operand<TFloat32> stored) {
      return tf.math.sqrt(tf.sum(tf.math.square(stored), tf.constant(0)));
    }
  };

  /** x W^T of x [rows, in], as [rows, out]. */
  abstract Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> stored);

  /** B A of A [r, in] and B [out, r]. */
  abstract Operand<TFloat32> lowRank(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b);

  /** W as [out, in]. */
  abstract Operand<TFloat32> outIn(Ops tf, Operand<TFloat32> stored);

  /** diag(f) W of f [out]. */
  abstract Operand<TFloat32> scaleRows(Ops tf, Operand<TFloat32> stored, Operand<TFloat32> factors);

  /** |W[o, :]| for every output, [out]. */
  abstract Operand<TFloat32> rowNorms(Ops tf, Operand<TFloat32> stored);
}
