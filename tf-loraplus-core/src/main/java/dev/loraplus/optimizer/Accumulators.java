package dev.loraplus.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Sums over micro-batches k of weight w_k: sum w_k g_k for each parameter, w_k loss_k and w_k. */
final class Accumulators {
  private final Ops tf;
  private final List<StateVariable> gradients = new ArrayList<>();
  private final StateVariable loss;
  private final StateVariable weight;

  Accumulators(StateFactory state, String name, List<GroupMember> members) {
    tf = state.tf();
    for (GroupMember member : members) {
      String variable = name + "." + member.parameter().name();
      gradients.add(state.zeros(variable, member.parameter().shape()));
    }
    loss = state.resource(name + ".loss", Shape.scalar(), tf.withInitScope().constant(0.0));
    weight = state.resource(name + ".weight", Shape.scalar(), tf.withInitScope().constant(0.0));
  }

  /** Adds a micro-batch. */
  Op add(
      List<Operand<TFloat32>> newGradients,
      Operand<TFloat32> newLoss,
      Operand<TFloat32> newWeight) {
    List<Op> additions = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Operand<TFloat32> weighted = tf.math.mul(newGradients.get(i), newWeight);
      additions.add(tf.assignAddVariableOp(gradients.get(i).variable(), weighted));
    }
    Operand<TFloat64> weight64 = tf.dtypes.cast(newWeight, TFloat64.class);
    Operand<TFloat64> loss64 = tf.dtypes.cast(newLoss, TFloat64.class);
    additions.add(tf.assignAddVariableOp(loss.variable(), tf.math.mul(loss64, weight64)));
    additions.add(tf.assignAddVariableOp(weight.variable(), weight64));
    return tf.withControlDependencies(additions).noOp();
  }

  /** What was accumulated. */
  FencedUpdate.Gradients sums() {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    gradients.forEach(sum -> sums.add(sum.value().asOutput().expect(TFloat32.class)));
    return new FencedUpdate.Gradients(
        sums, Optional.of(weightSum()), List.of(tf.math.isFinite(meanLoss())));
  }

  /** sum w_k loss_k / sum w_k; NaN if nothing was accumulated. */
  Operand<TFloat64> meanLoss() {
    return tf.math.div(loss.value().asOutput().expect(TFloat64.class), weightSum());
  }

  /** Sets all sums to 0 after other ops. */
  Op reset(List<Op> after) {
    Ops later = tf.withControlDependencies(after);
    List<Op> resets = new ArrayList<>();
    for (StateVariable sum : gradients) {
      resets.add(later.assignVariableOp(sum.variable(), StateFactory.zeros(tf, sum.shape())));
    }
    resets.add(later.assignVariableOp(loss.variable(), tf.constant(0.0)));
    resets.add(later.assignVariableOp(weight.variable(), tf.constant(0.0)));
    return tf.withControlDependencies(resets).noOp();
  }

  private Operand<TFloat64> weightSum() {
    return weight.value().asOutput().expect(TFloat64.class);
  }
}
