package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** The reshapes between features and the heads of an encoder's attention. */
final class HeadGrid {
  private static final int[] SWAP_LENGTH_AND_HEADS = {0, 2, 1, 3};

  private final Ops tf;
  private final Operand<TInt32> flatShape;
  private final Operand<TInt32> headsShape;

  /** Shapes for (batch, length); made once and used by every layer. */
  HeadGrid(Ops tf, Operand<TInt32> shape, int features, int heads) {
    this.tf = tf;
    this.flatShape = tf.constant(new int[] {-1, features});
    this.headsShape =
        tf.concat(List.of(shape, tf.constant(new int[] {heads, features / heads})), tf.constant(0));
  }

  /** [batch * length, features] to [batch, heads, length, features / heads]. */
  <T extends TNumber> Operand<T> split(Operand<T> x) {
    return tf.linalg.transpose(tf.reshape(x, headsShape), tf.constant(SWAP_LENGTH_AND_HEADS));
  }

  /** [batch, heads, length, features / heads] to [batch * length, features]. */
  <T extends TNumber> Operand<T> join(Operand<T> x) {
    return tf.reshape(tf.linalg.transpose(x, tf.constant(SWAP_LENGTH_AND_HEADS)), flatShape);
  }
}
