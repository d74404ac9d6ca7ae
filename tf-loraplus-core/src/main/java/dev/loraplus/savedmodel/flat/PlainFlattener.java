package dev.loraplus.savedmodel.flat;

import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.GraphDef;

/** Flattens a graph that comes without signatures, such as a frozen one. */
final class PlainFlattener {
  private PlainFlattener() {}

  static FlatGraph flatten(
      GraphDef graph, Map<String, TensorName> inputs, Map<String, TensorName> outputs) {
    return new FlatParts(GraphParts.nodes(graph), GraphParts.functions(graph))
        .assemble(inputs, outputs, Set.of(), StartValues.none(), graph.getVersions());
  }
}
