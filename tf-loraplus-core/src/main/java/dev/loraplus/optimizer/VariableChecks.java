package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.Faults;
import java.util.List;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.types.TFloat32;

/** Whether parameters are what they say: float32 variables of the optimizer's graph. */
final class VariableChecks {
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private VariableChecks() {}

  static void require(Graph graph, List<TrainableParameter> parameters) {
    Faults faults = new Faults();
    for (TrainableParameter parameter : parameters) {
      String name = parameter.name();
      var variable = parameter.variable().asOutput();
      faults.require(
          variable.env() == graph, "parameter '%s': is a variable of another graph", name);
      faults.require(
          VARIABLES.contains(variable.op().type()),
          "parameter '%s': must be a variable, got the result of a %s op",
          name,
          variable.op().type());
      faults.require(
          parameter.value().type() == TFloat32.class,
          "parameter '%s': must be float32, got %s",
          name,
          parameter.value().asOutput().dataType());
      faults.require(
          !parameter.shape().isUnknown() && !parameter.shape().hasUnknownDimension(),
          "parameter '%s': the shape must be fully known, got %s",
          name,
          parameter.shape());
    }
    faults.throwIfAny();
  }
}
