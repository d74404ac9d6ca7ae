package dev.loraplus.optimizer;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * The numbers of one step that every rule with Adam's moments hands to TensorFlow's kernel, which
 * computes p = p - s m / (sqrt(v) + e).
 *
 * @param stepSizes s = eta sqrt(1 - b2^t) / (1 - b1^t) of each group
 * @param decays eta wd of each group
 * @param rootC2 sqrt(1 - b2^t)
 * @param beta1 b1, or 1 in a step that is not finite, which leaves the moments as they are
 * @param beta2 b2, or 1 likewise
 * @param zero stands for beta powers, so that the kernel corrects nothing itself
 */
record AdamScalars(
    Map<ParameterGroup, Operand<TFloat32>> stepSizes,
    Map<ParameterGroup, Operand<TFloat32>> decays,
    Operand<TFloat64> rootC2,
    Operand<TFloat32> beta1,
    Operand<TFloat32> beta2,
    Operand<TFloat32> zero) {

  static AdamScalars of(Ops tf, StepScalars scalars, double beta1, double beta2) {
    // The kernel takes its betas as float32, so these are the ones whose bias has to be corrected.
    Operand<TFloat64> c1 = scalars.biasCorrection(tf, (float) beta1);
    Operand<TFloat64> rootC2 = tf.math.sqrt(scalars.biasCorrection(tf, (float) beta2));
    return new AdamScalars(
        StepScalars.perGroup(tf, tf.math.mul(scalars.rates(), tf.math.div(rootC2, c1))),
        StepScalars.perGroup(tf, tf.math.mul(scalars.rates(), scalars.l2())),
        rootC2,
        scalars.ifFinite(tf, beta1, 1),
        scalars.ifFinite(tf, beta2, 1),
        tf.constant(0f));
  }

  /** What the kernel takes for a parameter of a group. */
  Kernels.Adam of(ParameterGroup group, Operand<TFloat32> epsilon) {
    return new Kernels.Adam(StepScalars.of(stepSizes, group), beta1, beta2, epsilon, zero);
  }

  /** eta wd of a group. */
  Operand<TFloat32> decay(ParameterGroup group) {
    return StepScalars.of(decays, group);
  }
}
