package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The update of {@link AdamRule} in elementary ops. Of TensorFlow's kernels each reads and writes
 * its variables, and XLA takes two that do so to one variable into two programs, the second of
 * which waits to be launched. Here all is read first and written last, so that the whole step is
 * one.
 */
final class CompiledAdam {
  private CompiledAdam() {}

  /** A parameter with its value before the step and its moments. */
  record Held(TrainableParameter parameter, Operand<TFloat32> value, Kernels.Moments moments) {}

  /** Which decay applies, if one does: p's own or one of the gradient. */
  record Decay(boolean applies, boolean decoupled, Operand<TFloat32> rate) {}

  /** The last op of the update. */
  static Op update(
      Ops tf, Held held, Kernels.Adam values, Decay decay, Operand<TFloat32> gradient) {
    Operand<TFloat32> p = held.value();
    Operand<TFloat32> g = gradient;
    Operand<TFloat32> kept = p;
    if (decay.applies()) {
      Operand<TFloat32> decayed = tf.math.mul(p, decay.rate());
      kept = decay.decoupled() ? tf.math.sub(p, decayed) : p;
      g = decay.decoupled() ? gradient : tf.math.add(gradient, decayed);
    }
    // m = m + (1 - b1) (g - m), v = v + (1 - b2) (g^2 - v), as the kernel does it
    Operand<TFloat32> m = towards(tf, held.moments().first(), values.beta1(), g);
    Operand<TFloat32> v = towards(tf, held.moments().second(), values.beta2(), tf.math.square(g));
    Operand<TFloat32> step =
        tf.math.div(
            tf.math.mul(values.stepSize(), m), tf.math.add(tf.math.sqrt(v), values.epsilon()));
    List<Op> written =
        List.of(
            tf.assignVariableOp(held.moments().first().variable(), m),
            tf.assignVariableOp(held.moments().second().variable(), v),
            tf.assignVariableOp(held.parameter().variable(), tf.math.sub(kept, step)));
    return tf.withControlDependencies(written).noOp();
  }

  private static Operand<TFloat32> towards(
      Ops tf, StateVariable moment, Operand<TFloat32> beta, Operand<TFloat32> target) {
    Operand<TFloat32> before = tf.readVariableOp(moment.variable(), TFloat32.class);
    Operand<TFloat32> part = tf.math.sub(tf.constant(1f), beta);
    return tf.math.add(before, tf.math.mul(part, tf.math.sub(target, before)));
  }
}
