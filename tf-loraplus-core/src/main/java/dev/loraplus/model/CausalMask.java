package dev.loraplus.model;

import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Which tokens a token of a decoder may look at, as numbers added to attention's scores. */
final class CausalMask {
  private final Ops tf;
  private final Operand<TFloat32> visible;
  private final Operand<TInt32> distance;

  /**
   * The mask of a pass.
   *
   * @param visible 1 where padding and the borders of texts let a token be looked at, [batch,
   *     queries or 1, keys]
   * @param queries places of the tokens that look, [queries]
   * @param keys places of the tokens that they look at, [keys]
   */
  CausalMask(Ops tf, Operand<TFloat32> visible, Operand<TInt32> queries, Operand<TInt32> keys) {
    this.tf = tf;
    this.visible = visible;
    this.distance =
        tf.math.sub(tf.expandDims(queries, tf.constant(1)), tf.expandDims(keys, tf.constant(0)));
  }

  /**
   * 0 where token i may look at token j, else {@code hidden}: j must be visible, no later than i
   * and, with a window w, less than w before it. As in transformers a row of padding that may look
   * at nothing so looks at everything alike.
   *
   * @param hidden what hides, far below any score
   * @return [batch, 1, queries, keys]
   */
  Operand<TFloat32> bias(OptionalInt window, float hidden) {
    Operand<TFloat32> seen = number(tf.math.greaterEqual(distance, tf.constant(0)));
    if (window.isPresent()) {
      Operand<TFloat32> near = number(tf.math.less(distance, tf.constant(window.getAsInt())));
      seen = tf.math.mul(seen, near);
    }
    Operand<TFloat32> allowed = tf.math.mul(seen, visible);
    Operand<TFloat32> unseen = tf.math.sub(tf.constant(1.0f), allowed);
    return tf.expandDims(tf.math.mul(unseen, tf.constant(hidden)), tf.constant(1));
  }

  private Operand<TFloat32> number(Operand<TBool> condition) {
    return tf.dtypes.cast(condition, TFloat32.class);
  }
}
