package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Gradients that a user hands in, brought into the order of the parameters. */
final class GivenGradients {
  private GivenGradients() {}

  static List<Operand<TFloat32>> of(
      List<TrainableParameter> parameters, List<GradAndVar<? extends TType>> pairs) {
    Map<Output<?>, Output<?>> byVariable = new HashMap<>();
    for (GradAndVar<?> pair : pairs) {
      if (byVariable.put(pair.getVariable(), pair.getGradient()) != null) {
        throw new IllegalArgumentException(
            "variable '" + pair.getVariable().op().name() + "': has two gradients");
      }
    }
    List<Operand<TFloat32>> ordered = new ArrayList<>();
    for (TrainableParameter parameter : parameters) {
      Output<?> gradient = byVariable.remove(parameter.value().asOutput());
      if (gradient == null) {
        gradient = byVariable.remove(parameter.variable().asOutput());
      }
      if (gradient == null || gradient.isClosed()) {
        throw new IllegalArgumentException("parameter '" + parameter.name() + "': has no gradient");
      }
      ordered.add(gradient.expect(TFloat32.class));
    }
    if (!byVariable.isEmpty()) {
      throw new IllegalArgumentException(
          "variables without a tag have gradients: "
              + byVariable.keySet().stream().map(variable -> variable.op().name()).toList());
    }
    return ordered;
  }
}
