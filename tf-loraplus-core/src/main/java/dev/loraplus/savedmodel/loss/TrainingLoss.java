package dev.loraplus.savedmodel.loss;

import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;

/**
 * A loss as ops on the tensors of an adapted model. {@link SignatureLoss} has the usual ones; your
 * own takes any tensor by name:
 *
 * <pre>{@code
 * TrainingLoss distance = model -> {
 *   Ops tf = model.tf();
 *   var wanted = tf.withName("wanted").placeholder(TFloat32.class);
 *   var pooled = model.graph().outputOrThrow("encoder/pooled:0").expect(TFloat32.class);
 *   var loss = tf.math.mean(tf.math.squaredDifference(pooled, wanted), tf.array(0, 1));
 *   return new BuiltLoss(loss, Map.of("wanted", wanted.asOutput()));
 * };
 * }</pre>
 */
@FunctionalInterface
public interface TrainingLoss {
  /**
   * Adds the loss to the model's graph.
   *
   * @param model the model
   * @return the loss and what it has to be fed
   */
  BuiltLoss build(AdaptedSavedModel model);
}
