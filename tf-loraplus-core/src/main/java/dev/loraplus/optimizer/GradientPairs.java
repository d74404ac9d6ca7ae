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

/**
 * Gradients with their variables, as TensorFlow's optimizers give and take them. A resource
 * variable's handle has another type than its gradient, so its value stands for it.
 */
final class GradientPairs {
  private GradientPairs() {}

  /** A pair for each parameter, from gradients in the order of the parameters. */
  static List<GradAndVar<?>> of(
      List<TrainableParameter> parameters, List<Operand<TFloat32>> gradients) {
    List<GradAndVar<?>> pairs = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Output<TFloat32> variable = parameters.get(i).value().asOutput();
      pairs.add(new GradAndVar<>(gradients.get(i).asOutput(), variable));
    }
    return pairs;
  }

  /** The gradients that a user hands in, in the order of the parameters; handles will do too. */
  static List<Operand<TFloat32>> inOrder(
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
