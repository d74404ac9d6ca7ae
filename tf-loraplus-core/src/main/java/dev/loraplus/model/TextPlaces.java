package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Where the tokens of a decoder's pass stand and which they see.
 *
 * @param positions [length], or [rows, length] where texts start at different places
 * @param mask which tokens a token may look at
 * @param memory of attention
 */
record TextPlaces(Operand<TInt32> positions, CausalMask mask, KeyValueMemory memory) {

  /** Whole texts; a position is a place in the text, be there padding before it or not. */
  static TextPlaces whole(TextLayout layout, TokenGrid grid) {
    Operand<TInt32> places = grid.positions();
    return new TextPlaces(
        layout.positions(),
        new CausalMask(grid.tf(), layout.visible(), places, places),
        KeyValueMemory.NONE);
  }

  /**
   * The next tokens of texts, at places past, past + 1, ...: a position is the place less the
   * padding, as transformers counts it, and padding is seen by none.
   */
  static TextPlaces continued(Ops tf, DecoderInputs inputs, TokenGrid grid, KeyValueMemory memory) {
    Operand<TInt32> places = tf.math.add(grid.positions(), inputs.past());
    Operand<TInt32> seen = tf.range(tf.constant(0), end(tf, inputs, grid), tf.constant(1));
    Operand<TInt32> padding = tf.expandDims(inputs.padding(), tf.constant(1));
    Operand<TInt32> positions = tf.math.maximum(tf.math.sub(places, padding), tf.constant(0));
    Operand<TFloat32> tokens = tf.dtypes.cast(tf.math.greaterEqual(seen, padding), TFloat32.class);
    Operand<TFloat32> visible = tf.expandDims(tokens, tf.constant(1));
    return new TextPlaces(positions, new CausalMask(tf, visible, places, seen), memory);
  }

  private static Operand<TInt32> end(Ops tf, DecoderInputs inputs, TokenGrid grid) {
    return tf.math.add(inputs.past(), grid.length());
  }
}
