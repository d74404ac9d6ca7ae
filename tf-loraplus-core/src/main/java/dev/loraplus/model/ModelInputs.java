package dev.loraplus.model;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The placeholders of a batch.
 *
 * @param ids token ids, [batch, length]
 * @param mask 1 for a token, 0 for padding, [batch, length]
 * @param typeIds segment of each token, [batch, length]
 * @param randomness (seed, step) of dropout, [2]; only a training pass reads it
 * @param packing where the texts lie, if several share a row; the mask then says no more than that
 */
public record ModelInputs(
    Operand<TInt32> ids,
    Operand<TInt32> mask,
    Operand<TInt32> typeIds,
    Operand<TInt64> randomness,
    Optional<PackedTexts> packing) {

  /**
   * A text in each row.
   *
   * @param ids token ids, [batch, length]
   * @param mask 1 for a token, 0 for padding, [batch, length]
   * @param typeIds segment of each token, [batch, length]
   * @param randomness (seed, step) of dropout, [2]; only a training pass reads it
   */
  public ModelInputs(
      Operand<TInt32> ids,
      Operand<TInt32> mask,
      Operand<TInt32> typeIds,
      Operand<TInt64> randomness) {
    this(ids, mask, typeIds, randomness, Optional.empty());
  }

  /**
   * Adds the placeholders to a graph.
   *
   * @param tf builder of the graph
   * @return the placeholders
   */
  public static ModelInputs create(Ops tf) {
    Ops scoped = tf.withSubScope("inputs");
    Shape tokens = Shape.of(-1, -1);
    return new ModelInputs(
        scoped.withName("input_ids").placeholder(TInt32.class, Placeholder.shape(tokens)),
        scoped.withName("attention_mask").placeholder(TInt32.class, Placeholder.shape(tokens)),
        scoped.withName("token_type_ids").placeholder(TInt32.class, Placeholder.shape(tokens)),
        scoped.withName("randomness").placeholder(TInt64.class, Placeholder.shape(Shape.of(2))));
  }

  /**
   * Adds the placeholders for passes in whose rows several texts lie.
   *
   * @param tf builder of the graph
   * @return these placeholders and those
   */
  public ModelInputs packed(Ops tf) {
    return new ModelInputs(
        ids,
        mask,
        typeIds,
        randomness,
        Optional.of(PackedTexts.create(tf.withSubScope("packing"))));
  }
}
