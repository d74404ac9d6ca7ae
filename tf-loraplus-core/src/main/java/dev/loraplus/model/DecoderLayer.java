package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** One of a decoder's equal layers. What it reads beside features is its own. */
interface DecoderLayer {
  List<ModuleSpec> modules();

  /**
   * What a training pass keeps of the layer.
   *
   * @param length tokens of a text
   * @return numbers for each token
   */
  long kept(int length);

  /** All layers of a decoder in one pass. */
  interface Stack {
    /**
     * Adds a layer.
     *
     * @param index of the layer, from 0
     * @param x [batch * length, features]
     * @return the same shape
     */
    Operand<TFloat32> apply(int index, Operand<TFloat32> x);
  }
}
