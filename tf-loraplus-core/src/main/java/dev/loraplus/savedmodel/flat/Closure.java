package dev.loraplus.savedmodel.flat;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** What nodes need: other nodes, and functions. */
public final class Closure {
  private Closure() {}

  /**
   * A graph without what some of its nodes do not need.
   *
   * @param graph the graph
   * @param ends names of the nodes to keep
   * @return these nodes, all that they depend on, and the functions that they need
   * @throws SavedModelException if a node is missing
   */
  public static GraphDef prune(GraphDef graph, Collection<String> ends) {
    Map<String, FunctionDef> library = GraphParts.functions(graph);
    Map<String, NodeDef> kept = nodes(GraphParts.nodes(graph), ends);
    return graph.toBuilder()
        .clearNode()
        .addAllNode(kept.values())
        .setLibrary(
            FunctionDefLibrary.newBuilder()
                .addAllFunction(functions(kept.values(), library).values()))
        .build();
  }

  /**
   * The nodes that others depend on, control edges included.
   *
   * @param graph all nodes by name
   * @param ends where to begin
   * @return ends and their inputs, in the order of the graph
   * @throws SavedModelException if a node is missing
   */
  static Map<String, NodeDef> nodes(Map<String, NodeDef> graph, Collection<String> ends) {
    Set<String> seen = new LinkedHashSet<>(ends);
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      String name = open.remove();
      NodeDef node = graph.get(name);
      if (node == null) {
        throw new SavedModelException("graph: has no node '" + name + "', which others need");
      }
      for (String input : node.getInputList()) {
        String source = TensorName.parse(input).node();
        if (seen.add(source)) {
          open.add(source);
        }
      }
    }
    Map<String, NodeDef> kept = new LinkedHashMap<>(graph);
    kept.keySet().retainAll(seen);
    return kept;
  }

  /**
   * The functions that nodes name in their attributes or call, and those that these need.
   *
   * @param nodes the nodes
   * @param library all functions by name
   * @return functions by name
   */
  static Map<String, FunctionDef> functions(
      Collection<NodeDef> nodes, Map<String, FunctionDef> library) {
    Map<String, FunctionDef> kept = new LinkedHashMap<>();
    nodes.forEach(node -> collect(node, library, kept));
    return kept;
  }

  private static void collect(
      NodeDef node, Map<String, FunctionDef> library, Map<String, FunctionDef> kept) {
    keep(node.getOp(), library, kept);
    for (AttrValue value : node.getAttrMap().values()) {
      if (value.hasFunc()) {
        keep(value.getFunc().getName(), library, kept);
      }
      value.getList().getFuncList().forEach(f -> keep(f.getName(), library, kept));
    }
  }

  private static void keep(
      String name, Map<String, FunctionDef> library, Map<String, FunctionDef> kept) {
    FunctionDef function = library.get(name);
    if (function != null && kept.putIfAbsent(name, function) == null) {
      function.getNodeDefList().forEach(inner -> collect(inner, library, kept));
    }
  }
}
