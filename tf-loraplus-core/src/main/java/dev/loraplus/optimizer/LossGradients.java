package dev.loraplus.optimizer;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.RecomputedParts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/** Gradients of a loss, checked: TensorFlow leaves a parameter without one almost unsaid. */
final class LossGradients {
  private LossGradients() {}

  /**
   * The derivative of the loss by each parameter. That of a resource variable is by its handle, so
   * it takes in every read of the variable, not only the first.
   *
   * @throws IllegalArgumentException if the loss is not a float32 scalar or does not depend on one
   *     of the parameters
   */
  static List<Operand<TFloat32>> of(
      Graph graph, Operand<?> loss, List<TrainableParameter> parameters, RecomputedParts parts) {
    requireScalar(loss);
    requireReached(graph, loss, parameters);
    List<Optional<Operand<TFloat32>>> gradients =
        parts.all().isEmpty()
            ? whole(graph, loss, parameters)
            : PartwiseGradients.of(graph, loss, parameters, parts);
    List<Operand<TFloat32>> checked = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      gradients.get(i).ifPresent(checked::add);
      if (gradients.get(i).isEmpty()) {
        without.add(parameters.get(i).name());
      }
    }
    if (!without.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "loss '%s' has no gradient by %s: each path to it passes an op that stops gradients,"
                  + " such as StopGradient; remove that op, or the parameters from the optimizer",
              loss.op().name(), named(without)));
    }
    return checked;
  }

  private static List<Optional<Operand<TFloat32>>> whole(
      Graph graph, Operand<?> loss, List<TrainableParameter> parameters) {
    Output<?>[] by =
        parameters.stream()
            .map(parameter -> parameter.variable().asOutput())
            .toArray(Output<?>[]::new);
    List<Optional<Operand<TFloat32>>> gradients = new ArrayList<>();
    for (Output<?> gradient : graph.addGradients(loss.asOutput(), by)) {
      // An output without an operation behind it stands for a path that passes no gradient.
      gradients.add(
          gradient.isClosed() ? Optional.empty() : Optional.of(gradient.expect(TFloat32.class)));
    }
    return gradients;
  }

  private static void requireScalar(Operand<?> loss) {
    Shape shape = loss.shape();
    DataType type = loss.asOutput().dataType();
    if (type != DataType.DT_FLOAT || !(shape.isScalar() || shape.isUnknown())) {
      throw new IllegalArgumentException(
          String.format(
              "loss '%s': must be a float32 scalar, got %s of the shape %s; take the mean over the"
                  + " batch",
              loss.op().name(), type, shape));
    }
  }

  private static void requireReached(
      Graph graph, Operand<?> loss, List<TrainableParameter> parameters) {
    Set<String> reached = reached(graph, loss, Optional.empty());
    List<String> missed =
        parameters.stream()
            .filter(parameter -> !reached.contains(parameter.variable().op().name()))
            .map(TrainableParameter::name)
            .toList();
    if (!missed.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "loss '%s' does not depend on %s; connect it, or leave it out of the optimizer",
              loss.op().name(), named(missed)));
    }
  }

  /** Names of the ops from which data flows into one, itself included; no further than a stop. */
  static Set<String> reached(Graph graph, Operand<?> end, Optional<String> stop) {
    Set<String> seen = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    seen.add(end.op().name());
    if (!stop.equals(Optional.of(end.op().name()))) {
      open.add(graph.operationOrThrow(end.op().name()));
    }
    while (!open.isEmpty()) {
      for (Operand<?> input : open.remove().inputs()) {
        String name = input.op().name();
        if (seen.add(name) && !stop.equals(Optional.of(name))) {
          open.add(graph.operationOrThrow(name));
        }
      }
    }
    return seen;
  }

  private static String named(List<String> names) {
    return names.size() == 1
        ? "parameter '" + names.get(0) + "'"
        : names.size() + " parameters: " + names;
  }
}
