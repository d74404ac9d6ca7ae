package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;

/** Builds the derivatives of one type of op. */
@FunctionalInterface
interface OpGradient {
  /**
   * One derivative for each input of the op, {@link OpCall#none()} where there is none. It must not
   * throw: the caller is native code.
   */
  List<Operand<?>> of(OpCall call);
}
