package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * One step over all groups, in this order: every gradient, the global norm, every update, the step
 * counter. The order follows from the data, so that no optimisation of the graph can break it.
 *
 * <pre>
 * g_i   = sum_i / weight
 * norm  = sqrt(sum_i |g_i|^2)
 * clip  = min(1, maxNorm / (norm + 1e-6))
 * g_i   = clip g_i
 * </pre>
 *
 * <p>If the loss or the norm is not finite, the gradients, rates and decays of the step count as 0:
 * neither a parameter nor a moment nor the step counter changes.
 *
 * @param done the update of everything, with the step counter last
 * @param updates the last op of each parameter
 * @param finite whether the step was taken
 * @param step number of the step, from 1; the number it would have had if it was not taken
 * @param rates rates in the order of the groups
 * @param squares squared norm of each parameter's mean gradient before clipping, float64
 * @param movement how far parameters moved, where that is wanted
 */
record FencedUpdate(
    Op done,
    List<Op> updates,
    Operand<TBool> finite,
    Operand<TInt64> step,
    Operand<TFloat64> rates,
    Operand<TFloat64> squares,
    Optional<Movement> movement) {

  /**
   * Squared norms by parameter, float32; nothing of it is computed unless it is fetched.
   *
   * @param changes of the new values minus the old ones
   * @param values of the old values
   */
  record Movement(Operand<TFloat32> changes, Operand<TFloat32> values) {}

  /** Whether a step has to keep what is needed to tell how far parameters moved. */
  enum Monitoring {
    OFF,
    AVAILABLE
  }

  /** The variables a step works on. */
  record Machinery(
      List<GroupMember> members, Rule rule, Settings settings, StateVariable stepCounter) {}

  /** Sums of gradients over micro-batches with their weight. */
  record Gradients(
      List<Operand<TFloat32>> sums,
      Optional<Operand<TFloat64>> weight,
      List<Operand<TBool>> gates) {

    /** The gradients of a single batch. */
    static Gradients single(List<Operand<TFloat32>> gradients, List<Operand<TBool>> gates) {
      return new Gradients(gradients, Optional.empty(), gates);
    }
  }

  static FencedUpdate build(
      Ops tf, Machinery machinery, Gradients gradients, Monitoring monitoring) {
    Operand<TInt64> taken = machinery.stepCounter().value().asOutput().expect(TInt64.class);
    Operand<TInt64> step = tf.math.add(taken, tf.constant(1L));
    Operand<TFloat64> rates = machinery.settings().rates(tf, taken);

    Operand<TFloat64> squares = squares(tf, gradients);
    Operand<TFloat64> norm = tf.math.sqrt(tf.sum(squares, tf.constant(0)));
    Operand<TBool> finite = tf.math.isFinite(norm);
    for (Operand<TBool> gate : gradients.gates()) {
      finite = tf.math.logicalAnd(finite, gate);
    }
    Operand<TFloat64> zero = tf.constant(0.0);
    StepScalars scalars =
        new StepScalars(
            finite,
            tf.dtypes.cast(step, TFloat64.class),
            tf.select(finite, rates, zero),
            tf.select(finite, machinery.settings().weightDecay(tf), zero));
    Operand<TFloat32> scale =
        StepScalars.float32(
            tf, tf.select(finite, scale(tf, machinery.settings(), norm, gradients), zero));

    List<Operand<TFloat32>> before = before(tf, machinery.members(), monitoring);
    // MulNoNan gives 0 for a factor of 0, also where a gradient is not finite.
    List<Operand<TFloat32>> scaled =
        gradients.sums().stream()
            .map(sum -> (Operand<TFloat32>) tf.math.mulNoNan(sum, scale))
            .toList();
    List<Op> updates = machinery.rule().update(tf, scalars, scaled, before);
    Op done =
        tf.withControlDependencies(updates)
            .assignAddVariableOp(
                machinery.stepCounter().variable(), tf.dtypes.cast(finite, TInt64.class));
    Optional<Movement> movement =
        monitoring == Monitoring.OFF
            ? Optional.empty()
            : Optional.of(movement(tf, machinery.members(), before, updates));
    return new FencedUpdate(done, updates, finite, step, rates, squares, movement);
  }

  private static Operand<TFloat64> squares(Ops tf, Gradients gradients) {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    gradients.sums().forEach(sum -> halves.add(tf.nn.l2Loss(sum)));
    Operand<TFloat64> sums =
        tf.math.mul(tf.dtypes.cast(tf.stack(halves), TFloat64.class), tf.constant(2.0));
    return gradients
        .weight()
        .<Operand<TFloat64>>map(weight -> tf.math.div(sums, tf.math.square(weight)))
        .orElse(sums);
  }

  private static Operand<TFloat64> scale(
      Ops tf, Settings settings, Operand<TFloat64> norm, Gradients gradients) {
    Operand<TFloat64> room =
        tf.math.div(settings.maxNorm(tf), tf.math.add(norm, tf.constant(1e-6)));
    Operand<TFloat64> clip = tf.math.minimum(tf.constant(1.0), room);
    return gradients
        .weight()
        .<Operand<TFloat64>>map(weight -> tf.math.div(clip, weight))
        .orElse(clip);
  }

  /** The values before the step; whole copies of ref variables only where they are needed. */
  private static List<Operand<TFloat32>> before(
      Ops tf, List<GroupMember> members, Monitoring monitoring) {
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (GroupMember member : members) {
      TrainableParameter parameter = member.parameter();
      Kernels kernels = Kernels.of(parameter);
      values.add(
          monitoring == Monitoring.OFF
              ? kernels.read(tf, parameter)
              : kernels.snapshot(tf, parameter));
    }
    return values;
  }

  private static Movement movement(
      Ops tf, List<GroupMember> members, List<Operand<TFloat32>> before, List<Op> updates) {
    List<Operand<TFloat32>> changes = new ArrayList<>();
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      TrainableParameter parameter = members.get(i).parameter();
      Ops after = tf.withControlDependencies(updates.get(i));
      Operand<TFloat32> now = Kernels.of(parameter).read(after, parameter);
      changes.add(tf.nn.l2Loss(tf.math.sub(now, before.get(i))));
      values.add(tf.nn.l2Loss(before.get(i)));
    }
    return new Movement(doubled(tf, changes), doubled(tf, values));
  }

  private static Operand<TFloat32> doubled(Ops tf, List<Operand<TFloat32>> halves) {
    return tf.math.mul(tf.stack(halves), tf.constant(2f));
  }
}
