package dev.loraplus.gradient;

import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Means of rows, each laid out as parts of at most 32 numbers. On a CPU, XLA sums longer axes in
 * two steps, for which what is summed is written to memory and read again; parts are summed as they
 * are computed.
 */
final class FoldedRows {
  /** XLA's longest axis whose sum is one step. */
  private static final int LONGEST = 32;

  /** As many float32 as a register of AVX holds. */
  private static final int SHORTEST = 8;

  private FoldedRows() {}

  /**
   * The shape of folded rows.
   *
   * @param x [rows, dim]
   * @return (-1, dim / part, part), or empty where dim is not known, is no more than 32 or has no
   *     factor from 8 to 32, or x has other axes
   */
  static Optional<Operand<TInt32>> of(Ops tf, Operand<TFloat32> x) {
    Shape shape = x.shape();
    if (shape.numDimensions() != 2) {
      return Optional.empty();
    }
    long length = shape.get(1);
    OptionalInt part = part(length);
    return part.isEmpty()
        ? Optional.empty()
        : Optional.of(
            tf.constant(new int[] {-1, (int) (length / part.getAsInt()), part.getAsInt()}));
  }

  /** The longest part of rows of this length. */
  static OptionalInt part(long length) {
    for (int part = LONGEST; part >= SHORTEST && length > LONGEST; part--) {
      if (length % part == 0) {
        return OptionalInt.of(part);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The mean of each row: of the means of its parts, since XLA would make one sum of two.
   *
   * @param x [rows, dim]
   * @param folds of {@link #of}
   * @return [rows, 1]
   */
  static <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> x, Operand<TInt32> folds) {
    Operand<TInt32> last = tf.constant(-1);
    Operand<T> folded = tf.reshape(x, folds);
    return tf.math.mean(tf.math.mean(folded, last), last, Mean.keepDims(true));
  }
}
