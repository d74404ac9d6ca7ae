package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The reshapes between [batch * length, features] and [batch, length, features]. */
final class TokenGrid {
  private final Ops tf;
  private final Operand<TInt32> shape;
  private final Operand<TInt32> length;
  private final Operand<TInt32> flatShape;
  private final Operand<TInt32> batchedShape;

  /** Shapes for token ids of [batch, length]; made once and used by every layer. */
  TokenGrid(Ops tf, Operand<TInt32> ids, int features) {
    this.tf = tf;
    this.shape = tf.shape(ids);
    this.length = dimension(1);
    this.flatShape = tf.constant(new int[] {-1, features});
    this.batchedShape = append(features);
  }

  private Operand<TInt32> dimension(int axis) {
    return tf.gather(shape, tf.constant(axis), tf.constant(0));
  }

  private Operand<TInt32> append(int... dimensions) {
    return tf.concat(List.of(shape, tf.constant(dimensions)), tf.constant(0));
  }

  /** Builder of the graph. */
  Ops tf() {
    return tf;
  }

  /** (batch, length). */
  Operand<TInt32> shape() {
    return shape;
  }

  /** Tokens of a text. */
  Operand<TInt32> length() {
    return length;
  }

  /** 0 .. length-1. */
  Operand<TInt32> positions() {
    return tf.range(tf.constant(0), length, tf.constant(1));
  }

  /** Place of each row's first token among all tokens: 0, length, 2 length, ..., [batch]. */
  Operand<TInt32> rowStarts() {
    Operand<TInt32> rows = tf.range(tf.constant(0), dimension(0), tf.constant(1));
    return tf.math.mul(rows, length);
  }

  /** [batch, length, features] to [batch * length, features]. */
  Operand<TFloat32> flat(Operand<TFloat32> x) {
    return tf.reshape(x, flatShape);
  }

  /** [batch * length, features] to [batch, length, features]. */
  Operand<TFloat32> batched(Operand<TFloat32> x) {
    return tf.reshape(x, batchedShape);
  }

  /** [batch * length, features] to the rows of the first tokens, [batch, features]. */
  Operand<TFloat32> first(Operand<TFloat32> x) {
    return flat(
        tf.slice(batched(x), tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1})));
  }

  /** [batch * length, features] to the rows of the last tokens, [batch, features]. */
  Operand<TFloat32> last(Operand<TFloat32> x) {
    Operand<TInt32> place = tf.math.sub(length, tf.constant(1));
    return tf.gather(batched(x), place, tf.constant(1));
  }

  /** [batch * length, width] to [batch, length, width] for another width. */
  Operand<TFloat32> batchedLike(Operand<TFloat32> x, int width) {
    return tf.reshape(x, append(width));
  }
}
