package dev.loraplus.savedmodel.flat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/**
 * A graph in two parts: what the outputs need, which becomes flat, and what only gives variables
 * and tables their values, which runs as it is.
 */
final class FlatParts {
  private final Map<String, NodeDef> nodes;
  private final Map<String, FunctionDef> functions;

  FlatParts(Map<String, NodeDef> nodes, Map<String, FunctionDef> functions) {
    this.nodes = nodes;
    this.functions = functions;
  }

  FlatGraph assemble(
      Map<String, TensorName> inputs,
      Map<String, TensorName> outputs,
      Set<String> startEnds,
      StartValues start,
      VersionDef versions) {
    Set<String> ends = new LinkedHashSet<>();
    outputs.values().forEach(tensor -> ends.add(tensor.node()));
    Map<String, NodeDef> forward = Closure.nodes(nodes, ends);
    // An input that no output uses is still fed.
    inputs.values().forEach(input -> keep(forward, input.node()));
    Map<String, NodeDef> setup = Closure.nodes(nodes, startEnds);
    FunctionInliner.Flattened flat =
        FunctionInliner.inline(forward.values(), functions, nodes.keySet());
    Map<String, NodeDef> all = new LinkedHashMap<>(flat.nodes());
    setup.forEach(all::putIfAbsent);
    Map<String, TensorName> results = results(outputs, flat, all);
    Set<String> kept = new LinkedHashSet<>(setup.keySet());
    inputs.values().forEach(input -> kept.add(input.node()));
    results.values().forEach(output -> kept.add(output.node()));
    Map<String, NodeDef> pruned = Closure.nodes(all, kept);
    Set<String> read = new LinkedHashSet<>();
    results.values().forEach(output -> read.add(output.node()));
    List<FlatVariable> variables =
        GraphVariables.of(Closure.nodes(pruned, read).values(), nodes.values());
    GraphDef.Builder graph = GraphDef.newBuilder().setVersions(versions);
    pruned.values().forEach(node -> graph.addNode(withoutColocation(node)));
    graph.setLibrary(
        FunctionDefLibrary.newBuilder()
            .addAllFunction(Closure.functions(pruned.values(), functions).values()));
    GraphDef whole = graph.build();
    boolean compiled = GroupedConvolutions.compiled(forward.values(), functions.values());
    return new FlatGraph(
        compiled ? GroupedConvolutions.replaced(whole) : whole, inputs, results, variables, start);
  }

  private void keep(Map<String, NodeDef> kept, String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new SavedModelException("graph: has no node '" + name + "', which is an input");
    }
    kept.putIfAbsent(name, node);
  }

  /** The outputs of calls become nodes that also wait for the calls' side effects. */
  private Map<String, TensorName> results(
      Map<String, TensorName> outputs, FunctionInliner.Flattened flat, Map<String, NodeDef> all) {
    Map<String, TensorName> results = new HashMap<>();
    outputs.forEach(
        (key, tensor) -> {
          TensorName actual = flat.results().get(tensor);
          String waiting = flat.sideEffects().get(tensor.node());
          if (actual == null || waiting == null) {
            results.put(key, tensor);
            return;
          }
          AttrValue type = type(tensor);
          String name = unique(all, "output_of_" + key.replaceAll("[^A-Za-z0-9_.]", "_"));
          all.put(
              name,
              NodeDef.newBuilder()
                  .setName(name)
                  .setOp("Identity")
                  .putAttr("T", type)
                  .addAllInput(List.of(actual.toString(), "^" + waiting))
                  .build());
          results.put(key, new TensorName(name, 0));
        });
    return results;
  }

  /** The type of a call's output; only the calls by op name lack the list of types. */
  private AttrValue type(TensorName tensor) {
    NodeDef call = Objects.requireNonNull(nodes.get(tensor.node()));
    FunctionDef function = functions.get(call.getOp());
    return AttrValue.newBuilder()
        .setType(
            function == null
                ? call.getAttrOrThrow("Tout").getList().getType(tensor.index())
                : function.getSignature().getOutputArg(tensor.index()).getType())
        .build();
  }

  private static String unique(Map<String, NodeDef> all, String wanted) {
    String name = wanted;
    for (int i = 1; all.containsKey(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Colocation may name a call that is gone; it never changes a result. */
  private static NodeDef withoutColocation(NodeDef node) {
    return node.containsAttr("_class") ? node.toBuilder().removeAttr("_class").build() : node;
  }
}
