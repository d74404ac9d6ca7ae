package dev.loraplus.savedmodel.flat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The parts of a graph by their names, in its order; each map is the caller's own. */
final class GraphParts {
  private GraphParts() {}

  static Map<String, NodeDef> nodes(GraphDef graph) {
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    return nodes;
  }

  static Map<String, FunctionDef> functions(GraphDef graph) {
    Map<String, FunctionDef> functions = new LinkedHashMap<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    return functions;
  }
}
