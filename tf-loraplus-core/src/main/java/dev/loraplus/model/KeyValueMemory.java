package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** What attention remembers of earlier passes over the same texts. */
public interface KeyValueMemory {
  /** Nothing: a pass sees its own tokens alone. */
  KeyValueMemory NONE = (site, shape, fresh) -> fresh;

  /**
   * Keys and values of some tokens.
   *
   * @param keys [rows, key heads, tokens, size]
   * @param values the same shape
   */
  record KeyValues(Operand<TFloat32> keys, Operand<TFloat32> values) {}

  /**
   * Keys and values of earlier tokens, then those of the pass that is being built.
   *
   * @param site unique name of the attention
   * @param shape [-1, key heads, -1, size]
   * @param fresh those of the pass
   * @return those that the pass attends to
   */
  KeyValues join(String site, Shape shape, KeyValues fresh);
}
