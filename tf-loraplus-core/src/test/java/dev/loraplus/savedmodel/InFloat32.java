package dev.loraplus.savedmodel;

import dev.loraplus.savedmodel.flat.FlatGraph;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The same graph with float32 wherever it computes in bfloat16, for exact comparisons. */
final class InFloat32 {
  private InFloat32() {}

  static FlatGraph of(FlatGraph flat) {
    GraphDef.Builder graph = flat.graph().toBuilder().clearNode();
    flat.graph().getNodeList().forEach(node -> graph.addNode(wider(node)));
    return new FlatGraph(
        graph.build(), flat.inputs(), flat.outputs(), flat.variables(), flat.start());
  }

  private static NodeDef wider(NodeDef node) {
    NodeDef.Builder wider = node.toBuilder();
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (value.getType() == DataType.DT_BFLOAT16) {
                wider.putAttr(name, AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
              }
            });
    return wider.build();
  }
}
