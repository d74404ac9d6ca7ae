package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A text in each row, then padding.
 *
 * @param tf builder of the graph
 * @param mask 1 for a token, 0 for padding, [batch, length]
 * @param grid of the tokens
 */
record TextPerRow(Ops tf, Operand<TInt32> mask, TokenGrid grid) implements TextLayout {
  @Override
  public Operand<TInt32> positions() {
    return grid.positions();
  }

  @Override
  public Operand<TFloat32> visible() {
    return tf.expandDims(tf.dtypes.cast(mask, TFloat32.class), tf.constant(1));
  }

  @Override
  public Operand<TInt32> count(Operand<TInt32> marks) {
    return tf.math.cumsum(marks, tf.constant(1));
  }

  /** row * length + max(i : token i is marked). */
  @Override
  public Operand<TInt32> last(Operand<TInt32> marks) {
    Operand<TInt32> last = tf.reduceMax(tf.math.mul(grid.positions(), marks), tf.constant(1));
    return tf.math.add(grid.rowStarts(), last);
  }

  /** sum(mask * hidden) / max(sum(mask), 1e-9). */
  @Override
  public Operand<TFloat32> mean(Operand<TFloat32> hidden) {
    Operand<TFloat32> token = tf.expandDims(tf.dtypes.cast(mask, TFloat32.class), tf.constant(2));
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(hidden, token), tf.constant(1));
    Operand<TFloat32> count = tf.reduceSum(token, tf.constant(1));
    return tf.math.div(sum, tf.math.maximum(count, tf.constant(1e-9f)));
  }

  @Override
  public Operand<TFloat32> first(Operand<TFloat32> x) {
    return grid.first(x);
  }

  /** One query in each row. */
  @Override
  public FirstTokens firstTokens() {
    Operand<TInt32> column =
        tf.slice(mask, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}));
    return new FirstTokens(tf.shape(column), grid.shape(), visible());
  }
}
