package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Vectors of some tokens of each text.
 *
 * @param heads the reshapes between their features and the heads of attention
 * @param rows [tokens, features]
 */
record Tokens(HeadGrid heads, Operand<TFloat32> rows) {
  /** Other vectors of the same tokens. */
  Tokens with(Operand<TFloat32> values) {
    return new Tokens(heads, values);
  }
}
