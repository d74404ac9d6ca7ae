package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/**
 * Placeholders that say where several texts lie in the rows of one batch.
 *
 * @param texts number of the text that each token belongs to, 0 for padding, [batch, length]
 * @param positions place of each token in its text, from 0; 0 for padding, [batch, length]
 * @param firsts place of the first token of each text among all tokens, [texts]
 */
public record PackedTexts(
    Operand<TInt32> texts, Operand<TInt32> positions, Operand<TInt32> firsts) {

  static PackedTexts create(Ops tf) {
    Shape tokens = Shape.of(-1, -1);
    return new PackedTexts(
        tf.withName("text_ids").placeholder(TInt32.class, Placeholder.shape(tokens)),
        tf.withName("position_ids").placeholder(TInt32.class, Placeholder.shape(tokens)),
        tf.withName("first_tokens").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))));
  }
}
