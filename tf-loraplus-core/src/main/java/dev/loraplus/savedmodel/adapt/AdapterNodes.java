package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.adapter.LowRankPair;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.savedmodel.target.PlannedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;

/**
 * An adapter by the names of its ops, which are the same in every graph that holds it.
 *
 * @param planned the weight and the settings
 * @param adapter the adapter as it was built; its operands belong to a graph that is gone, its
 *     starting values do not
 * @param variables nodes of A and B, by the variable's name
 */
public record AdapterNodes(
    PlannedTarget planned, LoraAdapter adapter, Map<String, VariableNodes> variables) {

  /** Takes the names while the graph is there. */
  static AdapterNodes of(PlannedTarget planned, LoraAdapter adapter) {
    return new AdapterNodes(
        planned,
        adapter,
        Map.of(
            adapter.a().name(), VariableNodes.of(adapter.a()),
            adapter.b().name(), VariableNodes.of(adapter.b())));
  }

  /**
   * A in a graph.
   *
   * @param graph holds the adapter
   * @return the variable
   */
  public ResourceVariable a(Graph graph) {
    return variable(graph, adapter.a().name());
  }

  /**
   * B in a graph.
   *
   * @param graph holds the adapter
   * @return the variable
   */
  public ResourceVariable b(Graph graph) {
    return variable(graph, adapter.b().name());
  }

  /** What trains of it, in a graph. */
  List<TrainableParameter> parameters(Graph graph) {
    List<TrainableParameter> parameters = new ArrayList<>();
    for (TrainableParameter built : adapter.parameters()) {
      TrainableParameter parameter =
          TrainableParameter.of(variable(graph, built.name()), built.role());
      parameters.add(
          built
              .pair()
              .map(pair -> parameter.pairedWith(new LowRankPair(a(graph).value(), pair.scaling())))
              .orElse(parameter));
    }
    return parameters;
  }

  private ResourceVariable variable(Graph graph, String name) {
    VariableNodes nodes = variables.get(name);
    if (nodes == null) {
      throw new IllegalStateException("adapter has no variable '" + name + "'");
    }
    return nodes.in(graph);
  }
}
