package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.GraphIndex.Edge;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Reads the ops that multiply with a kernel or look rows up in it. */
final class ProductReader {
  private final GraphIndex index;

  ProductReader(GraphIndex index) {
    this.index = index;
  }

  /**
   * What an op does with a kernel.
   *
   * @param use a product or lookup that an adapter can add to; empty if it is none
   * @param why if it is none, the op, the node and the reason
   */
  record Reading(Optional<KernelUse> use, String why) {
    static Reading of(KernelUse use) {
      return new Reading(Optional.of(use), "");
    }

    static Reading not(NodeDef node, String reason) {
      return new Reading(
          Optional.empty(),
          String.format(Locale.ROOT, "%s '%s': %s", node.getOp(), node.getName(), reason));
    }
  }

  Reading read(Edge edge, AxisGroups groups) {
    NodeDef node = edge.node();
    return switch (node.getOp()) {
      case "MatMul" -> matrix(edge, groups);
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" -> batchMatrix(edge, groups);
      case "Einsum" -> new EinsumReader(edge, groups).read();
      case "Conv2D" -> convolution(edge, groups);
      case "GatherV2", "Gather" -> lookup(edge, groups);
      default -> Reading.not(node, "is no product that an adapter can add to");
    };
  }

  private static Reading matrix(Edge edge, AxisGroups groups) {
    NodeDef node = edge.node();
    boolean right = edge.slot() == 1;
    boolean turned = flag(node, right ? "transpose_b" : "transpose_a");
    boolean inputTurned = flag(node, right ? "transpose_a" : "transpose_b");
    return Reading.of(
        new MatrixUse(
            node.getName(),
            GraphIndex.input(node, 1 - edge.slot()),
            matrixView(groups, right, turned),
            right ? KernelSide.RIGHT : KernelSide.LEFT,
            inputTurned));
  }

  private Reading batchMatrix(Edge edge, AxisGroups groups) {
    NodeDef node = edge.node();
    for (int axis = 0; axis < groups.rank() - 2; axis++) {
      if (groups.size(axis) != 1) {
        return Reading.not(node, "has a kernel of its own for each part of the batch");
      }
    }
    boolean right = edge.slot() == 1;
    boolean turned = flag(node, right ? "adj_y" : "adj_x");
    boolean inputTurned = flag(node, right ? "adj_x" : "adj_y");
    return Reading.of(
        new BatchMatrixUse(
            node.getName(),
            node.getOp(),
            GraphIndex.input(node, 1 - edge.slot()),
            matrixView(groups, right, turned),
            right ? KernelSide.RIGHT : KernelSide.LEFT,
            inputTurned));
  }

  /** On the right the kernel is [in, out], on the left [out, in]; turned it is the other. */
  private static KernelView matrixView(AxisGroups groups, boolean right, boolean turned) {
    int rows = groups.rank() - 2;
    int columns = groups.rank() - 1;
    return right == turned
        ? groups.view(List.of(columns), List.of(rows))
        : groups.view(List.of(rows), List.of(columns));
  }

  private Reading convolution(Edge edge, AxisGroups groups) {
    NodeDef node = edge.node();
    if (edge.slot() != 1) {
      return Reading.not(node, "convolves the kernel itself");
    }
    String format = text(node, "data_format", "NHWC");
    if (!format.equals("NHWC") && !format.equals("NCHW")) {
      return Reading.not(node, "has the data format " + format);
    }
    TensorName x = GraphIndex.input(node, 0);
    var shape = index.output(x).shape();
    long channels = shape.isUnknown() ? -1 : shape.get(format.equals("NHWC") ? 3 : 1);
    if (channels != groups.size(2)) {
      return Reading.not(
          node,
          String.format(
              Locale.ROOT,
              "is a grouped convolution, %d input channels and %d of the kernel",
              channels,
              groups.size(2)));
    }
    return Reading.of(
        new ConvolutionUse(
            node.getName(),
            x,
            groups.view(List.of(0, 1, 2), List.of(3)),
            IntStream.range(0, 3).mapToObj(groups::size).toList(),
            new ConvolutionUse.Options(
                node.getAttrOrThrow("strides").getList().getIList(),
                text(node, "padding", "VALID"),
                longs(node, "explicit_paddings", List.of()),
                longs(node, "dilations", List.of(1L, 1L, 1L, 1L)),
                format)));
  }

  private Reading lookup(Edge edge, AxisGroups groups) {
    NodeDef node = edge.node();
    if (edge.slot() != 0) {
      return Reading.not(node, "takes the kernel as row numbers");
    }
    boolean firstAxis =
        node.getOp().equals("Gather")
            || index.constant(GraphIndex.input(node, 2)).equals(Optional.of(List.of(0)));
    if (!firstAxis || node.getAttrMap().getOrDefault("batch_dims", ZERO).getI() != 0) {
      return Reading.not(node, "does not look up along the first axis");
    }
    return rows(node, groups);
  }

  /** Rows of a table by a Gather op of any kind. */
  static Reading rows(NodeDef node, AxisGroups groups) {
    if (groups.rank() != 2) {
      return Reading.not(node, "looks up in a table of " + groups.rank() + " axes, not 2");
    }
    return Reading.of(
        new LookupUse(
            node.getName(),
            node.getOp(),
            GraphIndex.input(node, 1),
            groups.view(List.of(0), List.of(1))));
  }

  private static final AttrValue ZERO = AttrValue.getDefaultInstance();

  private static boolean flag(NodeDef node, String name) {
    return node.getAttrMap().getOrDefault(name, ZERO).getB();
  }

  private static String text(NodeDef node, String name, String otherwise) {
    AttrValue value = node.getAttrMap().get(name);
    return value == null || value.getS().isEmpty() ? otherwise : value.getS().toStringUtf8();
  }

  private static List<Long> longs(NodeDef node, String name, List<Long> otherwise) {
    AttrValue value = node.getAttrMap().get(name);
    return value == null || value.getList().getICount() == 0
        ? otherwise
        : value.getList().getIList();
  }
}
