package dev.loraplus.optimizer;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.UpdateRule;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An update rule in the graph: its state and the ops that change the parameters. */
sealed interface Rule permits AdamRule, LoraFaRule, SgdRule {
  /** Declares the state of a rule. */
  static Rule of(
      UpdateRule rule, List<GroupMember> members, StateFactory state, Compilation compilation) {
    boolean compiled = compilation == Compilation.FULL;
    if (rule instanceof UpdateRule.AdamW adamW) {
      return AdamRule.decoupled(adamW, members, state, compiled);
    }
    if (rule instanceof UpdateRule.Adam adam) {
      return AdamRule.coupled(adam, members, state, compiled);
    }
    if (rule instanceof UpdateRule.LoraFa loraFa) {
      return new LoraFaRule(loraFa, members, state);
    }
    return new SgdRule((UpdateRule.Sgd) rule, members, state);
  }

  /** All state variables, in the order of the parameters. */
  List<StateVariable> state();

  /**
   * Changes every parameter.
   *
   * @param gradients clipped mean gradients, in the order of the parameters; 0 if not finite
   * @param values the parameters before the step
   * @return the last op of each parameter
   */
  List<Op> update(
      Ops tf,
      StepScalars scalars,
      List<Operand<TFloat32>> gradients,
      List<Operand<TFloat32>> values);
}
