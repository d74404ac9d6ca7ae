package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LowRankPair;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import java.util.List;
import org.tensorflow.Graph;

/**
 * An adapter by the names of its ops, which are the same in every graph that holds it.
 *
 * @param planned the weight and the settings
 * @param a nodes of A
 * @param b nodes of B
 */
public record AdapterNodes(PlannedTarget planned, VariableNodes a, VariableNodes b) {

  /** Takes the names while the graph is there. */
  static AdapterNodes of(PlannedTarget planned, LoraAdapter adapter) {
    return new AdapterNodes(planned, VariableNodes.of(adapter.a()), VariableNodes.of(adapter.b()));
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
    return List.of(
        TrainableParameter.of(liveA, ParameterRole.A),
        TrainableParameter.of(liveB, ParameterRole.B)
            .pairedWith(new LowRankPair(liveA.value(), planned.settings().scaling())));
  }
}
