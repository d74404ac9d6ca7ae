package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.GraphIndex.Edge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/** Follows a kernel from where it is read to the products that take it. */
final class KernelTracer {
  private static final Set<String> SAME_AXES =
      Set.of("Identity", "Cast", "StopGradient", "PreventGradient", "CheckNumerics", "Snapshot");

  private final GraphIndex index;
  private final ProductReader products;

  KernelTracer(GraphIndex index) {
    this.index = index;
    this.products = new ProductReader(index);
  }

  /**
   * How the value of a kernel is used.
   *
   * @param products each use that an adapter can add to
   * @param others uses that it cannot, each as op, node and reason
   */
  record Uses(List<KernelUse> products, List<String> others) {
    boolean isEmpty() {
      return products.isEmpty() && others.isEmpty();
    }
  }

  /** The uses of a tensor that holds a kernel. */
  Uses uses(TensorName value, List<Long> shape) {
    Uses found = new Uses(new ArrayList<>(), new ArrayList<>());
    follow(value, AxisGroups.of(shape), found);
    return found;
  }

  private void follow(TensorName tensor, AxisGroups groups, Uses found) {
    for (Edge edge : index.consumers(tensor)) {
      NodeDef node = edge.node();
      Optional<AxisGroups> moved = moved(node, edge.slot(), groups);
      if (moved.isPresent()) {
        follow(new TensorName(node.getName(), 0), moved.get(), found);
        continue;
      }
      if (onlyItsShape(node)) {
        continue;
      }
      ProductReader.Reading reading = products.read(edge, groups);
      reading.use().ifPresentOrElse(found.products()::add, () -> found.others().add(reading.why()));
    }
  }

  /** The axes behind an op that only moves numbers. */
  private Optional<AxisGroups> moved(NodeDef node, int slot, AxisGroups groups) {
    if (slot != 0) {
      return Optional.empty();
    }
    if (SAME_AXES.contains(node.getOp())) {
      return Optional.of(groups);
    }
    return switch (node.getOp()) {
      case "Transpose" -> index.constant(GraphIndex.input(node, 1)).map(groups::transposed);
      case "Reshape", "ExpandDims", "Squeeze" ->
          index.knownShape(new TensorName(node.getName(), 0)).flatMap(groups::reshaped);
      default -> Optional.empty();
    };
  }

  private static boolean onlyItsShape(NodeDef node) {
    return Set.of("Shape", "ShapeN", "Rank", "Size").contains(node.getOp());
  }
}
