package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The reshapes between [batch * length, features], [batch, length, features] and heads. */
final class TokenGrid {
  private static final int[] SWAP_LENGTH_AND_HEADS = {0, 2, 1, 3};

  private final Ops tf;
  private final Operand<TInt32> idsShape;
  private final Operand<TInt32> length;
  private final Operand<TInt32> flatShape;
  private final Operand<TInt32> batchedShape;
  private final Operand<TInt32> headsShape;

  /** Shapes for token ids of [batch, length]; made once and used by every layer. */
  TokenGrid(Ops tf, Operand<TInt32> idsShape, int features, int heads) {
    this.tf = tf;
    this.idsShape = idsShape;
    this.length = tf.gather(idsShape, tf.constant(1), tf.constant(0));
    this.flatShape = tf.constant(new int[] {-1, features});
    this.batchedShape = append(idsShape, features);
    this.headsShape = append(idsShape, heads, features / heads);
  }

  private Operand<TInt32> append(Operand<TInt32> shape, int... dimensions) {
    return tf.concat(List.of(shape, tf.constant(dimensions)), tf.constant(0));
  }

  /** 0 .. length-1. */
  Operand<TInt32> positions() {
    return tf.range(tf.constant(0), length, tf.constant(1));
  }

  /** [batch, length, features] to [batch * length, features]. */
  Operand<TFloat32> flat(Operand<TFloat32> x) {
    return tf.reshape(x, flatShape);
  }

  /** [batch * length, features] to [batch, length, features]. */
  Operand<TFloat32> batched(Operand<TFloat32> x) {
    return tf.reshape(x, batchedShape);
  }

  /** [batch * length, width] to [batch, length, width] for another width. */
  Operand<TFloat32> batchedLike(Operand<TFloat32> x, int width) {
    return tf.reshape(x, append(idsShape, width));
  }

  /** [batch * length, features] to [batch, heads, length, features / heads]. */
  Operand<TFloat32> split(Operand<TFloat32> x) {
    return tf.linalg.transpose(tf.reshape(x, headsShape), tf.constant(SWAP_LENGTH_AND_HEADS));
  }

  /** [batch, heads, length, features / heads] to [batch * length, features]. */
  Operand<TFloat32> join(Operand<TFloat32> x) {
    return tf.reshape(tf.linalg.transpose(x, tf.constant(SWAP_LENGTH_AND_HEADS)), flatShape);
  }
}
