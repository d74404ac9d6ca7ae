package dev.loraplus.savedmodel.adapt;

import dev.loraplus.gradient.HalfProduct;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.TensorName;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Batched products in float16, as Keras's attention has them under {@code mixed_float16}. */
final class HalfProducts {
  private HalfProducts() {}

  /** The graph with derivatives of them that run on a CPU; its outputs keep their bits. */
  static FlatGraph differentiable(FlatGraph flat, String scope) {
    Map<TensorName, TensorName> passed = new HashMap<>();
    Map<String, NodeDef> passing = new TreeMap<>();
    for (NodeDef node : flat.forward().values()) {
      if (HalfProduct.needed(node)) {
        NodeDef after = HalfProduct.passing(node, scope);
        passing.put(node.getName(), after);
        passed.put(
            new TensorName(node.getName(), 0), new TensorName(after.getName(), HalfProduct.RESULT));
      }
    }
    if (passed.isEmpty()) {
      return flat;
    }
    GraphDef.Builder edited = flat.graph().toBuilder().clearNode();
    flat.graph().getNodeList().forEach(node -> edited.addNode(redirected(node, passed)));
    passing
        .values()
        .forEach(
            node -> {
              NodeDef others = redirected(node, passed);
              edited.addNode(
                  others.toBuilder()
                      .setInput(HalfProduct.RESULT, node.getInput(HalfProduct.RESULT)));
            });
    Map<String, TensorName> outputs = new TreeMap<>();
    flat.outputs().forEach((key, output) -> outputs.put(key, passed.getOrDefault(output, output)));
    return new FlatGraph(edited.build(), flat.inputs(), outputs, flat.variables(), flat.start());
  }

  private static NodeDef redirected(NodeDef node, Map<TensorName, TensorName> passed) {
    NodeDef.Builder builder = node.toBuilder().clearInput();
    for (String input : node.getInputList()) {
      TensorName tensor = passed.get(TensorName.parse(input));
      builder.addInput(tensor == null ? input : tensor.toString());
    }
    return builder.build();
  }
}
