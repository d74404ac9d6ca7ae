package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Convolutions with a group for each channel. Keras has XLA compile them, since TensorFlow's own
 * kernel for Conv2D cannot have a bias and groups on a CPU. DepthwiseConv2dNative computes the same
 * without XLA, and has a derivative.
 */
final class GroupedConvolutions {
  private static final String COMPILED = "_XlaMustCompile";
  private static final List<String> KEPT =
      List.of("T", "strides", "padding", "explicit_paddings", "data_format", "dilations");

  private GroupedConvolutions() {}

  /** Whether some of a model's nodes call what XLA compiles. */
  static boolean compiled(Collection<NodeDef> nodes, Collection<FunctionDef> functions) {
    return nodes.stream().anyMatch(GroupedConvolutions::calls)
        || functions.stream()
            .anyMatch(f -> f.getNodeDefList().stream().anyMatch(GroupedConvolutions::calls));
  }

  private static boolean calls(NodeDef node) {
    AttrValue compiled = node.getAttrMap().get(COMPILED);
    return compiled != null && compiled.getB();
  }

  /** The graph with such convolutions as depthwise ones. */
  static GraphDef replaced(GraphDef graph) {
    if (graph.getNodeList().stream().noneMatch(node -> node.getOp().equals("Conv2D"))) {
      return graph;
    }
    try (Graph inferred = new Graph()) {
      inferred.importGraphDef(graph);
      GraphDef.Builder edited = graph.toBuilder().clearNode();
      graph.getNodeList().forEach(node -> edited.addAllNode(replaced(node, inferred)));
      return edited.build();
    }
  }

  private static List<NodeDef> replaced(NodeDef node, Graph inferred) {
    if (!node.getOp().equals("Conv2D")) {
      return List.of(node);
    }
    Shape x = shape(inferred, node.getInput(0));
    Shape filter = shape(inferred, node.getInput(1));
    boolean known = x.numDimensions() == 4 && filter.numDimensions() == 4;
    boolean last =
        !node.containsAttr("data_format")
            || !node.getAttrOrThrow("data_format").getS().toStringUtf8().equals("NCHW");
    if (!known || !last || filter.hasUnknownDimension() || filter.get(2) != 1 || x.get(3) <= 1) {
      return List.of(node);
    }
    return depthwise(node, filter, x.get(3));
  }

  private static Shape shape(Graph inferred, String input) {
    TensorName tensor = TensorName.parse(input);
    return inferred.operationOrThrow(tensor.node()).output(tensor.index()).shape();
  }

  /** [h, w, 1, c m] as [h, w, c, m]: outputs are in the same order. */
  private static List<NodeDef> depthwise(NodeDef node, Shape filter, long channels) {
    String shape = node.getName() + "/depthwise_shape";
    String turned = node.getName() + "/depthwise_filter";
    NodeDef.Builder convolution =
        NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("DepthwiseConv2dNative")
            .setDevice(node.getDevice())
            .addInput(node.getInput(0))
            .addInput(turned)
            .addAllInput(node.getInputList().subList(2, node.getInputCount()));
    node.getAttrMap().entrySet().stream()
        .filter(attribute -> KEPT.contains(attribute.getKey()))
        .forEach(attribute -> convolution.putAttr(attribute.getKey(), attribute.getValue()));
    AttrValue type = Objects.requireNonNull(node.getAttrMap().get("T"));
    List<Long> sizes = List.of(filter.get(0), filter.get(1), channels, filter.get(3) / channels);
    List<NodeDef> nodes = new ArrayList<>();
    nodes.add(constant(shape, sizes));
    nodes.add(
        NodeDef.newBuilder()
            .setName(turned)
            .setOp("Reshape")
            .addInput(node.getInput(1))
            .addInput(shape)
            .putAttr("T", type)
            .putAttr("Tshape", AttrValue.newBuilder().setType(DataType.DT_INT64).build())
            .build());
    nodes.add(convolution.build());
    return nodes;
  }

  private static NodeDef constant(String name, List<Long> numbers) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_INT64).build())
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT64)
                        .setTensorShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dim.newBuilder().setSize(numbers.size())))
                        .addAllInt64Val(numbers))
                .build())
        .build();
  }
}
