package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Starting values that follow from the frozen weight, computed once by ops of the graph after W0
 * has its checkpoint value. As in peft they are computed again when a stored adapter is loaded: its
 * A and B stand beside the weight that the start left behind, W0 - s B A.
 */
final class BaseStart {
  private final Ops tf;
  private final BaseWeight base;
  private final LoraSettings settings;
  private final List<Op> assignments = new ArrayList<>();
  private Operand<TFloat32> a;
  private Operand<TFloat32> b;
  private Operand<TFloat32> adapted;

  private BaseStart(Ops tf, BaseWeight base, LoraSettings settings, LoraLinear lora) {
    this.tf = tf;
    this.base = base;
    this.settings = settings;
    this.a = lora.a().value();
    this.b = lora.b().value();
    this.adapted = base.plus(tf, a, b, settings.scaling());
    if (settings.init().changesBaseWeight()) {
      factorize(lora);
    }
  }

  /** What a plain adapter needs; nothing for most inits. */
  static List<Op> of(Ops tf, BaseWeight base, LoraLinear lora) {
    return lora.settings().init().changesBaseWeight()
        ? new BaseStart(tf, base, lora.settings(), lora).assignments
        : List.of();
  }

  /** The same and the magnitude m = |W0 + s B A| by rows, with which DoRA changes nothing. */
  static List<Op> withMagnitude(
      Ops tf, BaseWeight base, LoraLinear lora, ResourceVariable magnitude) {
    BaseStart start = new BaseStart(tf, base, lora.settings(), lora);
    Operand<TFloat32> norms = base.layout().rowNorms(tf, start.adapted);
    start.assignments.add(tf.assignVariableOp(magnitude.handle(), norms));
    return start.assignments;
  }

  private void factorize(LoraLinear lora) {
    Operand<TFloat32> weight = base.layout().outIn(tf, base.variable().value());
    Factorization start = Factorization.of(tf, weight, settings);
    a = start.a();
    b = start.b();
    Operand<TFloat32> residual = base.minus(tf, a, b, settings.scaling());
    adapted =
        tf.math.add(
            residual,
            tf.math.mul(base.layout().lowRank(tf, a, b), tf.constant((float) settings.scaling())));
    assignments.add(tf.assignVariableOp(lora.a().handle(), a));
    assignments.add(tf.assignVariableOp(lora.b().handle(), b));
    assignments.add(base.variable().assigned(tf, residual));
  }
}
