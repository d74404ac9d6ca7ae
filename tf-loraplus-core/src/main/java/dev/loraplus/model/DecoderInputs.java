package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/**
 * The placeholders of a pass that continues texts. All texts end at the same place, the shorter
 * ones after padding, so that a new token stands at the same place in every row.
 *
 * @param ids token ids of the pass, [rows, length]; any id where there is padding
 * @param padding how many tokens of padding each text starts with, [rows]
 * @param past how many tokens, padding included, earlier passes have seen, a scalar
 */
public record DecoderInputs(Operand<TInt32> ids, Operand<TInt32> padding, Operand<TInt32> past) {

  /**
   * Adds the placeholders to a graph.
   *
   * @param tf builder of the graph
   * @return the placeholders
   */
  public static DecoderInputs create(Ops tf) {
    return new DecoderInputs(
        tf.withName("ids").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1))),
        tf.withName("padding").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))),
        tf.withName("past").placeholder(TInt32.class, Placeholder.shape(Shape.scalar())));
  }
}
