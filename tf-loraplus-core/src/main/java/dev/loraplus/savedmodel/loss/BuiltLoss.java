package dev.loraplus.savedmodel.loss;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/**
 * A loss in a graph.
 *
 * @param mean the loss of a batch, a scalar
 * @param feeds placeholders beside the signature's inputs, such as {@code labels}, by key
 */
public record BuiltLoss(Operand<TFloat32> mean, Map<String, Output<?>> feeds) {
  /**
   * Copies the map.
   *
   * @param mean the loss of a batch, a scalar
   * @param feeds placeholders beside the signature's inputs, by key
   */
  public BuiltLoss {
    feeds = Collections.unmodifiableMap(new TreeMap<>(feeds));
  }
}
