package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Several texts in each row, each without a gap. Padding counts as a text of its own, number 0, so
 * that no softmax runs over nothing.
 *
 * @param tf builder of the graph
 * @param packed where the texts lie
 * @param grid of the tokens
 */
record TextsInRows(Ops tf, PackedTexts packed, TokenGrid grid) implements TextLayout {
  @Override
  public Operand<TInt32> positions() {
    return packed.positions();
  }

  /** Blocks along the diagonal: both tokens are of the same text. */
  @Override
  public Operand<TFloat32> visible() {
    return same(packed.texts(), packed.texts(), TFloat32.class);
  }

  /** cumsum over all tokens of the batch, less what it was before the text's first one. */
  @Override
  public Operand<TInt32> count(Operand<TInt32> marks) {
    Operand<TInt32> flat = flat(marks);
    Operand<TInt32> sum = tf.math.cumsum(flat, tf.constant(0));
    Operand<TInt32> before = tf.math.sub(sum, flat);
    Operand<TInt32> places = tf.range(tf.constant(0), tf.size(flat), tf.constant(1));
    Operand<TInt32> first = tf.math.sub(places, flat(packed.positions()));
    Operand<TInt32> count = tf.math.sub(sum, tf.gather(before, first, tf.constant(0)));
    return tf.reshape(count, grid.shape());
  }

  /** first + max(position i : token i is marked and of the text). */
  @Override
  public Operand<TInt32> last(Operand<TInt32> marks) {
    Operand<TInt32> position = tf.math.mul(flat(packed.positions()), flat(marks));
    Operand<TInt32> own = tf.math.mul(membership(TInt32.class), position);
    return tf.math.add(packed.firsts(), tf.reduceMax(own, tf.constant(1)));
  }

  /** M hidden / max(sum(M), 1e-9), with M = 1 where a token is of a text. */
  @Override
  public Operand<TFloat32> mean(Operand<TFloat32> hidden) {
    Operand<TFloat32> member = membership(TFloat32.class);
    Operand<TFloat32> sum = tf.linalg.matMul(member, grid.flat(hidden));
    Operand<TFloat32> count = tf.expandDims(tf.reduceSum(member, tf.constant(1)), tf.constant(1));
    return tf.math.div(sum, tf.math.maximum(count, tf.constant(1e-9f)));
  }

  @Override
  public Operand<TFloat32> first(Operand<TFloat32> x) {
    return tf.gather(x, packed.firsts(), tf.constant(0));
  }

  /**
   * All tokens as one row: rows have different numbers of texts, and for one query a text the
   * scores that other rows' tokens get in vain are few.
   */
  @Override
  public FirstTokens firstTokens() {
    Operand<TInt32> one = tf.constant(new int[] {1});
    Operand<TInt32> tokens = tf.reshape(tf.size(packed.texts()), one);
    return new FirstTokens(
        tf.concat(List.of(one, tf.shape(packed.firsts())), tf.constant(0)),
        tf.concat(List.of(one, tokens), tf.constant(0)),
        tf.expandDims(membership(TFloat32.class), tf.constant(0)));
  }

  /** 1 where a token is of a text, [texts, batch * length]; a filler stands for the first text. */
  private <T extends TNumber> Operand<T> membership(Class<T> type) {
    Operand<TInt32> all = flat(packed.texts());
    return same(tf.gather(all, packed.firsts(), tf.constant(0)), all, type);
  }

  /** 1 where x[..., i] = y[..., j], [..., i, j]. */
  private <T extends TNumber> Operand<T> same(Operand<TInt32> x, Operand<TInt32> y, Class<T> type) {
    Operand<TInt32> rows = tf.expandDims(x, tf.constant(-1));
    return tf.dtypes.cast(tf.math.equal(rows, tf.expandDims(y, tf.constant(-2))), type);
  }

  private Operand<TInt32> flat(Operand<TInt32> x) {
    return tf.reshape(x, tf.constant(new int[] {-1}));
  }
}
