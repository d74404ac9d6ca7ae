package dev.loraplus.savedmodel;

import dev.loraplus.savedmodel.flat.FlatGraph;
import java.util.Set;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.layout.DataLayouts;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * The same graph with float32 wherever it computes in bfloat16 or float16, for exact comparisons.
 */
final class InFloat32 {
  private static final Set<DataType> NARROW = Set.of(DataType.DT_BFLOAT16, DataType.DT_HALF);

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
              if (NARROW.contains(value.getType())) {
                wider.putAttr(name, AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
              }
              if (value.hasTensor() && value.getTensor().getDtype() == DataType.DT_HALF) {
                wider.putAttr(
                    name, AttrValue.newBuilder().setTensor(wider(value.getTensor())).build());
              }
            });
    return wider.build();
  }

  /** A constant of a few numbers. */
  private static TensorProto wider(TensorProto halves) {
    TensorProto.Builder wider =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(halves.getTensorShape());
    halves
        .getHalfValList()
        .forEach(
            bits ->
                wider.addFloatVal(
                    DataLayouts.FLOAT16.readFloat(DataBuffers.of(bits.shortValue()), 0)));
    return wider.build();
  }
}
