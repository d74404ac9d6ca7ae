package dev.loraplus.savedmodel.flat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Flattens a graph that comes without signatures, such as a frozen one. */
final class PlainFlattener {
  private PlainFlattener() {}

  static FlatGraph flatten(
      GraphDef graph, Map<String, TensorName> inputs, Map<String, TensorName> outputs) {
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Map<String, FunctionDef> functions = new LinkedHashMap<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    return new FlatParts(nodes, functions)
        .assemble(inputs, outputs, Set.of(), StartValues.none(), graph.getVersions());
  }
}
