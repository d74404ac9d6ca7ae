package dev.loraplus.training;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TType;

/** How what is fed reaches the ops that read it. */
interface Inlet {
  /** They read the placeholders. */
  Inlet DIRECT =
      new Inlet() {
        @Override
        public <T extends TType> Operand<T> of(Operand<T> placeholder) {
          return placeholder;
        }
      };

  /** What reads the values that are fed to a placeholder. */
  <T extends TType> Operand<T> of(Operand<T> placeholder);
}
