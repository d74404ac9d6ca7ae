package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** The body of a function at one of its calls: its nodes under new names, its inputs filled in. */
final class CallBody {
  private final FunctionDef function;
  private final Map<String, AttrValue> attributes;
  private final OpOutputs outputs;
  private final String prefix;
  private final Map<String, List<TensorName>> arguments = new HashMap<>();
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final List<TensorName> controlInputs;

  CallBody(
      NodeDef call,
      FunctionDef function,
      Map<String, AttrValue> attributes,
      OpOutputs outputs,
      String prefix) {
    this.function = function;
    this.attributes = attributes;
    this.outputs = outputs;
    this.prefix = prefix;
    List<TensorName> all = call.getInputList().stream().map(TensorName::parse).toList();
    controlInputs = all.stream().filter(TensorName::isControl).toList();
    List<TensorName> data = all.stream().filter(input -> !input.isControl()).toList();
    int position = 0;
    for (OpDef.ArgDef arg : function.getSignature().getInputArgList()) {
      int size = OpOutputs.size(arg, attributes);
      if (position + size > data.size()) {
        throw new SavedModelException(
            String.format(
                "node '%s': gives %d inputs to the function '%s', which has more",
                call.getName(), data.size(), function.getSignature().getName()));
      }
      arguments.put(arg.getName(), data.subList(position, position + size));
      position += size;
    }
    for (NodeDef node : function.getNodeDefList()) {
      nodes.put(node.getName(), Attributes.filled(node, attributes));
    }
  }

  /** What the call waits for. */
  List<TensorName> controlInputs() {
    return controlInputs;
  }

  /** The flat name of a node of the body. */
  String name(String inner) {
    return prefix + "/" + inner;
  }

  /** A node of the body under its flat name, with the call's attributes. */
  NodeDef renamed(NodeDef inner) {
    return node(inner.getName()).toBuilder().setName(name(inner.getName())).build();
  }

  /** Its inputs under their flat names. */
  List<TensorName> inputs(NodeDef inner) {
    return inner.getInputList().stream().map(this::flat).toList();
  }

  /** Whether a node depends on no other of the body, so that it must itself wait for the call. */
  boolean isFirst(NodeDef inner) {
    return inner.getInputList().stream()
        .map(input -> input.startsWith("^") ? input.substring(1) : input)
        .allMatch(input -> arguments.containsKey(input.split(":", 2)[0]));
  }

  /** The nodes that run whatever becomes of the results. */
  List<TensorName> sideEffects() {
    return function.getSignature().getControlOutputList().stream()
        .map(output -> TensorName.control(name(function.getControlRetOrThrow(output))))
        .toList();
  }

  /** What the call returns. */
  List<TensorName> results() {
    List<TensorName> results = new ArrayList<>();
    for (OpDef.ArgDef arg : function.getSignature().getOutputArgList()) {
      TensorName first = flat(function.getRetOrThrow(arg.getName()));
      for (int i = 0; i < OpOutputs.size(arg, attributes); i++) {
        results.add(new TensorName(first.node(), first.index() + i));
      }
    }
    return results;
  }

  /** {@code argument}, {@code argument:i}, {@code node:output:i} or {@code ^node}. */
  private TensorName flat(String input) {
    boolean control = input.startsWith("^");
    String[] parts = (control ? input.substring(1) : input).split(":", 3);
    List<TensorName> argument = arguments.get(parts[0]);
    if (control) {
      return TensorName.control(argument == null ? name(parts[0]) : argument.get(0).node());
    }
    if (argument != null) {
      return argument.get(parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
    }
    if (parts.length < 3) {
      throw new SavedModelException(
          String.format(
              "function '%s': '%s' is neither an argument nor node:output:index",
              function.getSignature().getName(), input));
    }
    int index = outputs.position(node(parts[0]), parts[1], Integer.parseInt(parts[2]));
    return new TensorName(name(parts[0]), index);
  }

  private NodeDef node(String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new SavedModelException(
          String.format(
              "function '%s': has no node '%s'", function.getSignature().getName(), name));
    }
    return node;
  }
}
