package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;

/**
 * Puts the bodies of called functions in the place of their calls, calls within them included. The
 * bodies of If and While stay functions.
 *
 * <p>A body's node {@code n} of the call {@code c} becomes {@code c/n}. Nodes that wait for the
 * call wait for {@code c/controls_out}, which waits for the body's side effects; where the call
 * waits for others, so do the first nodes of its body, by {@code c/controls_in}.
 */
final class FunctionInliner {
  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");
  private static final String CONTROLS_IN = "controls_in";
  private static final String CONTROLS_OUT = "controls_out";

  private final Map<String, FunctionDef> functions;
  private final OpOutputs outputs;
  private final Set<String> taken;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<TensorName, TensorName> results = new HashMap<>();
  private final Map<String, String> sideEffects = new HashMap<>();

  private FunctionInliner(Map<String, FunctionDef> functions, Set<String> taken) {
    this.functions = functions;
    this.outputs = new OpOutputs(functions);
    this.taken = new HashSet<>(taken);
  }

  /**
   * Inlines every call among some nodes.
   *
   * @param graph nodes, of which none outside is an input
   * @param functions the library
   * @param taken further names that new nodes must not have
   * @return the flat nodes
   */
  static Flattened inline(
      Collection<NodeDef> graph, Map<String, FunctionDef> functions, Set<String> taken) {
    FunctionInliner inliner = new FunctionInliner(functions, taken);
    graph.forEach(node -> inliner.taken.add(node.getName()));
    graph.forEach(inliner::add);
    return inliner.finish();
  }

  /**
   * Nodes without calls.
   *
   * @param nodes by name
   * @param results what stands for the outputs of the calls that were there
   * @param sideEffects for each of those calls, the node that waits for its side effects
   */
  record Flattened(
      Map<String, NodeDef> nodes,
      Map<TensorName, TensorName> results,
      Map<String, String> sideEffects) {}

  private Flattened finish() {
    Map<String, NodeDef> resolved = new LinkedHashMap<>();
    nodes.forEach((name, node) -> resolved.put(name, withInputs(node, actual(node))));
    Map<TensorName, TensorName> ends = new HashMap<>();
    results.keySet().forEach(tensor -> ends.put(tensor, actual(tensor)));
    return new Flattened(resolved, ends, Map.copyOf(sideEffects));
  }

  private List<TensorName> actual(NodeDef node) {
    return node.getInputList().stream().map(TensorName::parse).map(this::actual).toList();
  }

  /** What an input stands for once all calls are gone. */
  private TensorName actual(TensorName input) {
    if (input.isControl()) {
      String waiting = sideEffects.get(input.node());
      return waiting == null ? input : TensorName.control(waiting);
    }
    TensorName current = input;
    while (true) {
      TensorName next = results.get(current);
      if (next == null) {
        return current;
      }
      current = next;
    }
  }

  private void add(NodeDef node) {
    if (CALLS.contains(node.getOp()) || functions.containsKey(node.getOp())) {
      expand(node);
    } else {
      nodes.put(node.getName(), node);
    }
  }

  private void expand(NodeDef call) {
    boolean direct = functions.containsKey(call.getOp());
    String name = direct ? call.getOp() : call.getAttrOrThrow("f").getFunc().getName();
    FunctionDef function = functions.get(name);
    if (function == null) {
      throw new SavedModelException(
          String.format(
              "node '%s': calls the function '%s', which the graph lacks", call.getName(), name));
    }
    Map<String, AttrValue> attributes =
        direct ? call.getAttrMap() : call.getAttrOrThrow("f").getFunc().getAttrMap();
    CallBody body = new CallBody(call, function, attributes, outputs, prefix(call.getName()));
    List<TensorName> controls = body.controlInputs();
    String controlsIn = body.name(CONTROLS_IN);
    if (!controls.isEmpty()) {
      nodes.put(controlsIn, noOp(controlsIn, controls));
    }
    for (NodeDef inner : function.getNodeDefList()) {
      List<TensorName> inputs = new ArrayList<>(body.inputs(inner));
      if (!controls.isEmpty() && body.isFirst(inner)) {
        inputs.add(TensorName.control(controlsIn));
      }
      add(withInputs(body.renamed(inner), inputs));
    }
    List<TensorName> waited = new ArrayList<>(body.sideEffects());
    if (!controls.isEmpty()) {
      waited.add(TensorName.control(controlsIn));
    }
    String controlsOut = body.name(CONTROLS_OUT);
    nodes.put(controlsOut, noOp(controlsOut, waited));
    sideEffects.put(call.getName(), controlsOut);
    List<TensorName> returned = body.results();
    for (int i = 0; i < returned.size(); i++) {
      results.put(new TensorName(call.getName(), i), returned.get(i));
    }
  }

  private String prefix(String call) {
    String prefix = call;
    for (int i = 1; startsTaken(prefix + "/"); i++) {
      prefix = call + "_" + i;
    }
    taken.add(prefix + "/");
    return prefix;
  }

  private boolean startsTaken(String prefix) {
    return taken.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static NodeDef noOp(String name, List<TensorName> waited) {
    return withInputs(NodeDef.newBuilder().setName(name).setOp("NoOp").build(), waited);
  }

  /** Control edges stand behind the tensors, each once. */
  private static NodeDef withInputs(NodeDef node, List<TensorName> inputs) {
    NodeDef.Builder builder = node.toBuilder().clearInput();
    inputs.stream().filter(i -> !i.isControl()).forEach(i -> builder.addInput(i.toString()));
    inputs.stream()
        .filter(TensorName::isControl)
        .distinct()
        .forEach(i -> builder.addInput(i.toString()));
    return builder.build();
  }
}
