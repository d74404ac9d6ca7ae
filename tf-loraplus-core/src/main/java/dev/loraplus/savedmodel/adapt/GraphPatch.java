package dev.loraplus.savedmodel.adapt;

import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.TensorName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.family.TType;

/**
 * New ops for a flat graph, built beside it: TensorFlow Java cannot give a new input to an op that
 * exists. The ops are made in a graph of their own, in which placeholders stand for tensors of the
 * flat graph, and then put in.
 */
final class GraphPatch implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Ops tf;
  private final Map<String, TensorName> afterEdits = new HashMap<>();
  private final Map<String, TensorName> asTheyAre = new HashMap<>();
  private final Map<TensorName, TensorName> replaced = new HashMap<>();

  /**
   * An empty patch.
   *
   * @param scope first part of the names of all new ops
   */
  GraphPatch(String scope) {
    this.tf = Ops.create(graph).withSubScope(scope);
  }

  /** Builder of the new ops. */
  Ops tf() {
    return tf;
  }

  /** The tensor with whatever the patch does to it. */
  Operand<? extends TType> input(Output<?> like, TensorName tensor) {
    Operand<? extends TType> placeholder = placeholder(like);
    afterEdits.put(placeholder.op().name(), tensor);
    return placeholder;
  }

  /** The tensor as the flat graph computes it, which the patch is to change. */
  Operand<? extends TType> original(Output<?> like, TensorName tensor) {
    Operand<? extends TType> placeholder = placeholder(like);
    asTheyAre.put(placeholder.op().name(), tensor);
    return placeholder;
  }

  /** From now on every op of the flat graph takes another tensor. */
  void replace(TensorName tensor, Operand<?> by) {
    replaced.put(tensor, new TensorName(by.op().name(), by.asOutput().index()));
  }

  private Operand<? extends TType> placeholder(Output<?> like) {
    return tf.withName("tensor").placeholder(like.type(), Placeholder.shape(like.shape()));
  }

  /** The flat graph with the new ops in it. */
  FlatGraph applyTo(FlatGraph flat) {
    Set<String> forward = flat.forward().keySet();
    GraphDef.Builder edited = flat.graph().toBuilder().clearNode();
    for (NodeDef node : flat.graph().getNodeList()) {
      edited.addNode(forward.contains(node.getName()) ? redirected(node) : node);
    }
    for (NodeDef node : graph.toGraphDef().getNodeList()) {
      if (!afterEdits.containsKey(node.getName()) && !asTheyAre.containsKey(node.getName())) {
        edited.addNode(substituted(redirected(substituted(node, afterEdits)), asTheyAre));
      }
    }
    Map<String, TensorName> outputs = new TreeMap<>();
    flat.outputs().forEach((key, output) -> outputs.put(key, redirected(output)));
    return new FlatGraph(edited.build(), flat.inputs(), outputs, flat.variables(), flat.start());
  }

  private NodeDef redirected(NodeDef node) {
    NodeDef.Builder builder = node.toBuilder().clearInput();
    node.getInputList()
        .forEach(input -> builder.addInput(redirected(TensorName.parse(input)).toString()));
    return builder.build();
  }

  private TensorName redirected(TensorName tensor) {
    return replaced.getOrDefault(tensor, tensor);
  }

  private static NodeDef substituted(NodeDef node, Map<String, TensorName> placeholders) {
    NodeDef.Builder builder = node.toBuilder().clearInput();
    for (String input : node.getInputList()) {
      TensorName actual = placeholders.get(TensorName.parse(input).node());
      builder.addInput(actual == null ? input : actual.toString());
    }
    return builder.build();
  }

  @Override
  public void close() {
    graph.close();
  }
}
