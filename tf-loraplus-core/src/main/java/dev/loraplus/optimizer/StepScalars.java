package dev.loraplus.optimizer;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Constant;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * What all parameters of a step share. Every number here depends on every gradient, and every
 * update depends on one of them: that is the fence between the backward pass and the updates.
 *
 * @param finite whether the loss and all gradients are; if not, {@code rates} and {@code l2} are 0
 * @param time t, the number of this step from 1
 * @param rates rate of each group, in the order of the groups
 * @param l2 weight decay
 */
record StepScalars(
    Operand<TBool> finite, Operand<TFloat64> time, Operand<TFloat64> rates, Operand<TFloat64> l2) {

  /** A number that must not have an effect in a step that is not finite. */
  Operand<TFloat32> ifFinite(Ops tf, double value, double otherwise) {
    Constant<TFloat32> normal = tf.constant((float) value);
    return tf.select(finite, normal, tf.constant((float) otherwise));
  }

  /** 1 - beta^t. */
  Operand<TFloat64> biasCorrection(Ops tf, double beta) {
    // expm1 keeps the digits that 1 - 0.999^t loses.
    Operand<TFloat64> exponent = tf.math.mul(time, tf.constant(Math.log(beta)));
    return tf.math.neg(tf.math.expm1(exponent));
  }

  /** One float32 scalar for each group, of a vector in the order of the groups. */
  static Map<ParameterGroup, Operand<TFloat32>> perGroup(Ops tf, Operand<TFloat64> values) {
    ParameterGroup[] groups = ParameterGroup.values();
    var parts = tf.unstack(float32(tf, values), (long) groups.length).output();
    Map<ParameterGroup, Operand<TFloat32>> perGroup = new EnumMap<>(ParameterGroup.class);
    for (int i = 0; i < groups.length; i++) {
      perGroup.put(groups[i], parts.get(i));
    }
    return Collections.unmodifiableMap(perGroup);
  }

  static Operand<TFloat32> float32(Ops tf, Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }

  /** The scalar of one group. */
  static Operand<TFloat32> of(
      Map<ParameterGroup, Operand<TFloat32>> perGroup, ParameterGroup group) {
    return Objects.requireNonNull(perGroup.get(group));
  }
}
