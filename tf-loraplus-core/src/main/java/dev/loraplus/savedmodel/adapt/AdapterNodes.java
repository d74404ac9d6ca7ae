package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LowRankPair;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.savedmodel.plan.Factors;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * An adapter by the names of its ops, which are the same in every graph that holds it.
 *
 * @param planned the weight and the settings
 * @param a nodes of A
 * @param b nodes of B
 * @param magnitude nodes of DoRA's m
 */
public record AdapterNodes(
    PlannedTarget planned, VariableNodes a, VariableNodes b, Optional<VariableNodes> magnitude) {

  /** Takes the names while the graph is there. */
  static AdapterNodes of(
      PlannedTarget planned, LoraAdapter adapter, Optional<ResourceVariable> magnitude) {
    return new AdapterNodes(
        planned,
        VariableNodes.of(adapter.a()),
        VariableNodes.of(adapter.b()),
        magnitude.map(VariableNodes::of));
  }

  /** Its variables in a graph: A, B and DoRA's m. */
  List<ResourceVariable> variables(Graph graph) {
    List<ResourceVariable> variables = new ArrayList<>(List.of(a.in(graph), b.in(graph)));
    magnitude.ifPresent(nodes -> variables.add(nodes.in(graph)));
    return variables;
  }

  /** s, as a constant. */
  Operand<TFloat32> scaling(Ops tf) {
    return tf.constant((float) planned.settings().scaling());
  }

  /**
   * The weight with the adapter in it, as it stands.
   *
   * @param tf builder of a graph that holds the adapter
   * @param graph the graph
   * @param weight W in the kernel's own shape
   * @param <T> type of its numbers
   * @return of the shape and type of W
   */
  public <T extends TType> Operand<T> merged(Ops tf, Graph graph, Operand<T> weight) {
    Factors factors = new Factors(a.in(graph).value(), b.in(graph).value(), scaling(tf));
    return new AdaptedWeight(
            planned.target().view(),
            factors,
            magnitude.map(m -> new AdaptedWeight.Magnitude(m.in(graph).value(), tf.constant(1f))))
        .of(tf, weight);
  }

  /** What trains of it, in a graph. */
  List<TrainableParameter> parameters(Graph graph) {
    ResourceVariable liveA = a.in(graph);
    ResourceVariable liveB = b.in(graph);
    if (planned.target().lookup()) {
      return List.of(
          TrainableParameter.of(liveA, ParameterRole.EMBEDDING_A),
          TrainableParameter.of(liveB, ParameterRole.EMBEDDING_B));
    }
    List<TrainableParameter> parameters = new ArrayList<>();
    parameters.add(TrainableParameter.of(liveA, ParameterRole.A));
    parameters.add(
        TrainableParameter.of(liveB, ParameterRole.B)
            .pairedWith(new LowRankPair(liveA.value(), planned.settings().scaling())));
    magnitude.ifPresent(
        m -> parameters.add(TrainableParameter.of(m.in(graph), ParameterRole.MAGNITUDE)));
    return List.copyOf(parameters);
  }
}
