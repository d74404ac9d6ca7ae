package dev.loraplus.optimizer;

import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradient descent with momentum as in PyTorch, without dampening:
 *
 * <pre>
 * g = g + wd p
 * buf = momentum buf + g           (buf = 0 before the first step)
 * p = p - eta buf                  nesterov: p = p - eta (g + momentum buf)
 * </pre>
 */
final class SgdRule implements Rule {
  private final UpdateRule.Sgd settings;
  private final List<GroupMember> members;
  private final List<StateVariable> buffers = new ArrayList<>();

  SgdRule(UpdateRule.Sgd settings, List<GroupMember> members, StateFactory state) {
    this.settings = settings;
    this.members = members;
    if (settings.momentum() > 0) {
      for (GroupMember member : members) {
        String name = member.parameter().name() + ".momentum";
        buffers.add(Kernels.of(member.parameter()).slot(state, name, member.parameter()));
      }
    }
  }

  @Override
  public List<StateVariable> state() {
    return buffers;
  }

  @Override
  public List<Op> update(
      Ops tf,
      StepScalars scalars,
      List<Operand<TFloat32>> gradients,
      List<Operand<TFloat32>> values) {
    Map<ParameterGroup, Operand<TFloat32>> rates = StepScalars.perGroup(tf, scalars.rates());
    Operand<TFloat32> l2 = StepScalars.float32(tf, scalars.l2());
    // A momentum of 1 leaves the buffer of a step that is not finite as it is.
    Operand<TFloat32> momentum = scalars.ifFinite(tf, settings.momentum(), 1);
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      GroupMember member = members.get(i);
      Kernels kernels = Kernels.of(member.parameter());
      Operand<TFloat32> rate = StepScalars.of(rates, member.group());
      Operand<TFloat32> gradient = gradients.get(i);
      if (member.decays()) {
        gradient = tf.math.add(gradient, tf.math.mul(values.get(i), l2));
      }
      Ops after = tf.withControlDependencies(values.get(i));
      updates.add(
          buffers.isEmpty()
              ? kernels.descent(after, member.parameter(), rate, gradient)
              : kernels.momentum(
                  after,
                  member.parameter(),
                  buffers.get(i),
                  new Kernels.Momentum(rate, momentum, settings.nesterov()),
                  gradient));
    }
    return updates;
  }
}
