package dev.loraplus.model;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network whose tokens see those before them alone, so that it can continue a text. */
public interface Decoder extends Architecture {
  /**
   * Whether the network gives the next token, which a classifier on a decoder does not.
   *
   * @return true for a causal language model
   */
  boolean languageModel();

  /**
   * Adds a pass that continues texts.
   *
   * @param layers the layers of a pass that does not train
   * @param inputs tokens and where they stand
   * @param memory keys and values of the tokens that earlier passes have seen
   * @return logits of the token after the last one, [rows, vocabulary]
   * @throws IllegalStateException if this is no language model
   */
  Operand<TFloat32> next(Layers layers, DecoderInputs inputs, KeyValueMemory memory);
}
