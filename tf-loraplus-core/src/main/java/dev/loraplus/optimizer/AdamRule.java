package dev.loraplus.optimizer;

import dev.loraplus.config.Faults;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adam and AdamW as in PyTorch:
 *
 * <pre>
 * AdamW: p = p - eta wd p          Adam: g = g + wd p
 * m = b1 m + (1 - b1) g
 * v = b2 v + (1 - b2) g^2
 * p = p - eta / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * </pre>
 *
 * <p>TensorFlow's kernel computes p = p - s m / (sqrt(v) + e), so the last line becomes s = eta
 * sqrt(1 - b2^t) / (1 - b1^t) and e = eps sqrt(1 - b2^t), both computed in double precision.
 */
final class AdamRule implements Rule {
  private final UpdateRule.AdamW settings;
  private final boolean decoupledDecay;
  private final boolean compiled;
  private final List<GroupMember> members;
  private final List<Kernels.Moments> moments;

  private AdamRule(
      UpdateRule.AdamW settings,
      boolean decoupledDecay,
      List<GroupMember> members,
      StateFactory state,
      boolean compiled) {
    this.settings = settings;
    this.decoupledDecay = decoupledDecay;
    this.compiled = compiled;
    this.members = members;
    requireBelowOne("beta1", settings.beta1());
    requireBelowOne("beta2", settings.beta2());
    this.moments = Kernels.Moments.of(members, state);
  }

  static AdamRule decoupled(
      UpdateRule.AdamW rule, List<GroupMember> members, StateFactory state, boolean compiled) {
    return new AdamRule(rule, true, members, state, compiled);
  }

  static AdamRule coupled(
      UpdateRule.Adam rule, List<GroupMember> members, StateFactory state, boolean compiled) {
    UpdateRule.AdamW settings = new UpdateRule.AdamW(rule.beta1(), rule.beta2(), rule.epsilon());
    return new AdamRule(settings, false, members, state, compiled);
  }

  /** The kernel takes its betas as float32. */
  private static void requireBelowOne(String name, double beta) {
    new Faults()
        .require((float) beta < 1, "%s: must be below 1 also in float32, got %s", name, beta)
        .throwIfAny();
  }

  @Override
  public List<StateVariable> state() {
    return moments.stream().flatMap(Kernels.Moments::variables).toList();
  }

  @Override
  public List<Op> update(
      Ops tf,
      StepScalars scalars,
      List<Operand<TFloat32>> gradients,
      List<Operand<TFloat32>> values) {
    AdamScalars shared = AdamScalars.of(tf, scalars, settings.beta1(), settings.beta2());
    Operand<TFloat32> l2 = StepScalars.float32(tf, scalars.l2());
    Operand<TFloat32> epsilon =
        StepScalars.float32(tf, tf.math.mul(shared.rootC2(), tf.constant(settings.epsilon())));
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      GroupMember member = members.get(i);
      Kernels.Adam adam = shared.of(member.group(), epsilon);
      Operand<TFloat32> decay = decoupledDecay ? shared.decay(member.group()) : l2;
      updates.add(update(tf, i, adam, decay, gradients.get(i), values.get(i)));
    }
    return updates;
  }

  private Op update(
      Ops tf,
      int index,
      Kernels.Adam adam,
      Operand<TFloat32> decay,
      Operand<TFloat32> gradient,
      Operand<TFloat32> value) {
    GroupMember member = members.get(index);
    if (compiled && member.parameter().isResource()) {
      return CompiledAdam.update(
          tf,
          new CompiledAdam.Held(member.parameter(), value, moments.get(index)),
          adam,
          new CompiledAdam.Decay(member.decays(), decoupledDecay, decay),
          gradient);
    }
    Kernels kernels = Kernels.of(member.parameter());
    Operand<TFloat32> decayed = gradient;
    Op before = value;
    if (member.decays() && decoupledDecay) {
      before = kernels.subtract(tf, member.parameter(), tf.math.mul(value, decay));
    } else if (member.decays()) {
      decayed = tf.math.add(gradient, tf.math.mul(value, decay));
    }
    Ops after = tf.withControlDependencies(before);
    return kernels.adam(after, member.parameter(), moments.get(index), adam, decayed);
  }
}
