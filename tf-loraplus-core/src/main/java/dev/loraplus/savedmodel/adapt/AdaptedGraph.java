package dev.loraplus.savedmodel.adapt;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.plan.Inspection;
import dev.loraplus.savedmodel.plan.TargetPlan;
import dev.loraplus.savedmodel.plan.TargetPlanner;
import java.util.List;
import org.tensorflow.Graph;

/**
 * A flat graph with adapters in it, as ops and not yet as a running model. With B at zero its
 * outputs are those of the flat graph.
 *
 * @param base the graph without adapters
 * @param flat the graph with them
 * @param plan where they are
 * @param adapters the adapters in the order of the plan
 * @param scope first part of the names of their ops
 */
public record AdaptedGraph(
    FlatGraph base, FlatGraph flat, TargetPlan plan, List<AdapterNodes> adapters, String scope) {
  private static final String SCOPE = "lora";

  /**
   * Copies the list.
   *
   * @param base the graph without adapters
   * @param flat the graph with them
   * @param plan where they are
   * @param adapters the adapters in the order of the plan
   * @param scope first part of the names of their ops
   */
  public AdaptedGraph {
    adapters = List.copyOf(adapters);
  }

  /**
   * Adds adapters to a graph.
   *
   * @param base a flat graph
   * @param config where they attach
   * @param placement where they come in
   * @return the adapted graph
   * @throws dev.loraplus.config.ConfigurationException if the configuration does not fit the graph
   */
  public static AdaptedGraph of(FlatGraph base, LoraConfig config, AdapterPlacement placement) {
    TargetPlan plan = TargetPlanner.plan(Inspection.of(base), config, placement);
    String scope = freeScope(base);
    try (Graph inferred = new Graph();
        GraphPatch patch = new GraphPatch(scope)) {
      inferred.importGraphDef(base.graph());
      AdapterBuilder builder = new AdapterBuilder(patch, inferred);
      List<AdapterNodes> adapters = plan.adapters().stream().map(builder::add).toList();
      FlatGraph flat = HalfProducts.differentiable(patch.applyTo(base), scope);
      return new AdaptedGraph(base, flat, plan, adapters, scope);
    }
  }

  private static String freeScope(FlatGraph base) {
    String scope = SCOPE;
    for (int i = 1; taken(base, scope); i++) {
      scope = SCOPE + "_" + i;
    }
    return scope;
  }

  private static boolean taken(FlatGraph base, String scope) {
    return base.graph().getNodeList().stream()
        .anyMatch(node -> node.getName().equals(scope) || node.getName().startsWith(scope + "/"));
  }
}
