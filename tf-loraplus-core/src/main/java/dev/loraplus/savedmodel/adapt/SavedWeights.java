package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.VariableOps;
import dev.loraplus.savedmodel.plan.Kernel;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Weights of the model itself that train in full. */
final class SavedWeights {
  private final FlatGraph flat;
  private final Graph graph;

  SavedWeights(FlatGraph flat, Graph graph) {
    this.flat = flat;
    this.graph = graph;
  }

  /** The parameter of a weight, or of a bias that trains though it was not named. */
  TrainableParameter parameter(Kernel kernel, boolean chosen) {
    Output<TFloat32> variable = variable(kernel);
    if (kernel.source() == Kernel.Source.REF) {
      TrainableParameter ref =
          TrainableParameter.ofRef(
              kernel.path(), chosen ? role(kernel) : ParameterRole.BIAS, variable);
      return chosen ? ref.inSavedModule() : ref;
    }
    Output<TFloat32> value = read(kernel).<TFloat32>output(0);
    return new TrainableParameter(
        kernel.path(),
        chosen ? role(kernel) : ParameterRole.BIAS,
        chosen,
        shape(kernel),
        variable,
        value,
        Optional.empty());
  }

  /** A weight with new ops that store a value. */
  ResourceVariable assignable(Kernel kernel) {
    Ops tf = Ops.create(graph).withSubScope("saved_weights");
    Output<TFloat32> variable = variable(kernel);
    Operand<TFloat32> feed = tf.placeholder(TFloat32.class, Placeholder.shape(shape(kernel)));
    Output<TFloat32> value =
        kernel.source() == Kernel.Source.REF ? variable : read(kernel).<TFloat32>output(0);
    return new ResourceVariable(
        kernel.path(),
        shape(kernel),
        variable,
        value,
        value,
        feed,
        VariableOps.assign(tf, variable, feed));
  }

  private Output<TFloat32> variable(Kernel kernel) {
    return graph.operationOrThrow(kernel.node()).<TFloat32>output(0);
  }

  private GraphOperation read(Kernel kernel) {
    return flat.reader(kernel.node())
        .map(graph::operationOrThrow)
        .orElseThrow(
            () ->
                new SavedModelException(
                    "modulesToSave: "
                        + kernel.path()
                        + " is never read as a whole, so that it cannot train in full"));
  }

  private static Shape shape(Kernel kernel) {
    return Shape.of(kernel.shape().stream().mapToLong(Long::longValue).toArray());
  }

  private static ParameterRole role(Kernel kernel) {
    if (kernel.shape().size() >= 2) {
      return ParameterRole.SAVED_WEIGHT;
    }
    return kernel.path().endsWith("gamma") ? ParameterRole.LAYER_NORM : ParameterRole.BIAS;
  }
}
