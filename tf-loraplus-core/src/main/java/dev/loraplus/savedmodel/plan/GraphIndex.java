package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.TensorName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * The nodes that the outputs of a flat graph depend on, with their consumers and the shapes that
 * TensorFlow infers. Closing it frees the graph that the shapes come from.
 */
final class GraphIndex implements AutoCloseable {
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<TensorName, List<Edge>> consumers = new HashMap<>();
  private final Graph inferred = new Graph();

  /**
   * A use of a tensor.
   *
   * @param node the consumer
   * @param slot number of its input
   */
  record Edge(NodeDef node, int slot) {}

  GraphIndex(FlatGraph flat) {
    flat.forward().values().forEach(this::add);
    try {
      inferred.importGraphDef(flat.graph());
    } catch (RuntimeException e) {
      inferred.close();
      throw new SavedModelException("graph: this TensorFlow cannot run it: " + e.getMessage(), e);
    }
  }

  private void add(NodeDef node) {
    nodes.put(node.getName(), node);
    for (int slot = 0; slot < node.getInputCount(); slot++) {
      TensorName input = TensorName.parse(node.getInput(slot));
      if (!input.isControl()) {
        consumers.computeIfAbsent(input, tensor -> new ArrayList<>()).add(new Edge(node, slot));
      }
    }
  }

  /** All nodes, by name. */
  Map<String, NodeDef> nodes() {
    return nodes;
  }

  /** Who takes a tensor, by data edges. */
  List<Edge> consumers(TensorName tensor) {
    return consumers.getOrDefault(tensor, List.of());
  }

  /** The tensor at one of a node's inputs. */
  static TensorName input(NodeDef node, int slot) {
    return TensorName.parse(node.getInput(slot));
  }

  /** What TensorFlow infers of a tensor. */
  Output<?> output(TensorName tensor) {
    return inferred.operationOrThrow(tensor.node()).output(tensor.index());
  }

  /** The sizes of a tensor's axes, if all are known. */
  Optional<List<Long>> knownShape(TensorName tensor) {
    Shape shape = output(tensor).shape();
    if (shape.isUnknown() || shape.hasUnknownDimension()) {
      return Optional.empty();
    }
    return Optional.of(shape.toListOrNull());
  }

  /** The integers of a constant, seen through Identity; empty if it is none. */
  Optional<List<Integer>> constant(TensorName tensor) {
    NodeDef node = nodes.get(tensor.node());
    while (node != null && node.getOp().equals("Identity")) {
      node = nodes.get(input(node, 0).node());
    }
    if (node == null || !node.getOp().equals("Const")) {
      return Optional.empty();
    }
    return IntegerConstants.of(node.getAttrOrThrow("value").getTensor());
  }

  /** Names of the nodes that data flows to. */
  Set<String> downstream(String node) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      Output<?>[] outputs = outputs(open.remove());
      for (Output<?> output : outputs) {
        for (Edge edge : consumers(new TensorName(output.op().name(), output.index()))) {
          if (seen.add(edge.node().getName())) {
            open.add(edge.node().getName());
          }
        }
      }
    }
    return seen;
  }

  private Output<?>[] outputs(String node) {
    var op = inferred.operationOrThrow(node);
    return op.outputList(0, op.numOutputs());
  }

  @Override
  public void close() {
    inferred.close();
  }
}
