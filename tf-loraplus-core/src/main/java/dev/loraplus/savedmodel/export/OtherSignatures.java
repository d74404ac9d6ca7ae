package dev.loraplus.savedmodel.export;

import com.google.protobuf.ByteString;
import dev.loraplus.savedmodel.adapt.AdaptedGraph;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.Closure;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.TargetPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The other signatures of a model that was adapted by one of them, in that one's graph. They read
 * the same variables and tables, so that they know what training changes.
 *
 * @param signatures by name
 * @param leftOut reasons by name of the signatures that cannot have the adapters
 */
record OtherSignatures(Map<String, ExportedSignature> signatures, Map<String, String> leftOut) {
  private static final String SCOPE = "signatures";
  private static final String SHARED_NAME = "shared_name";

  /** Types of op that stand for something a session keeps under a name. */
  private static final Set<String> KEPT =
      Set.of(
          "VarHandleOp",
          "VariableV2",
          "Variable",
          "HashTable",
          "HashTableV2",
          "MutableHashTable",
          "MutableHashTableV2",
          "MutableDenseHashTable",
          "MutableDenseHashTableV2");

  /** Adds them to the graph of the model. */
  static OtherSignatures addTo(AdaptedSavedModel model, Path source, String adapted) {
    List<String> names = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    for (String name : SavedModelFile.read(source).signatures().keySet()) {
      String reason = name.equals(adapted) ? "" : AllSignatures.obstacle(model, source, name);
      if (!reason.isEmpty()) {
        leftOut.put(name, reason);
      } else if (!name.equals(adapted)) {
        names.add(name);
      }
    }
    return names.isEmpty()
        ? new OtherSignatures(Map.of(), leftOut)
        : new OtherSignatures(added(model, source, adapted, names), leftOut);
  }

  private static Map<String, ExportedSignature> added(
      AdaptedSavedModel model, Path source, String adapted, List<String> names) {
    // With the adapted one among them, so that every adapter has its weight.
    List<String> all = new ArrayList<>(List.of(adapted));
    all.addAll(names);
    TargetPlan plan = model.adapted().plan();
    FlatGraph flat =
        AdaptedGraph.of(FlatGraph.of(source, all), AdapterConfigFile.exact(plan), plan.placement())
            .flat();
    Set<String> ends = new LinkedHashSet<>();
    for (String name : names) {
      of(name, flat.inputs()).values().forEach(tensor -> ends.add(tensor.node()));
      of(name, flat.outputs()).values().forEach(tensor -> ends.add(tensor.node()));
    }
    String scope = freeScope(model.graph());
    model.graph().importGraphDef(sharing(Closure.prune(flat.graph(), ends)), scope);
    Map<String, ExportedSignature> signatures = new LinkedHashMap<>();
    for (String name : names) {
      signatures.put(
          name,
          new ExportedSignature(
              outputs(model.graph(), scope, of(name, flat.inputs())),
              outputs(model.graph(), scope, of(name, flat.outputs()))));
    }
    return signatures;
  }

  /** The tensors of a signature by its own keys. */
  private static Map<String, TensorName> of(String signature, Map<String, TensorName> tensors) {
    String prefix = FlatGraph.key(signature, "");
    Map<String, TensorName> found = new HashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), tensor);
          }
        });
    return found;
  }

  private static Map<String, Output<?>> outputs(
      Graph graph, String scope, Map<String, TensorName> tensors) {
    Map<String, Output<?>> outputs = new HashMap<>();
    tensors.forEach(
        (key, tensor) ->
            outputs.put(
                key, graph.operationOrThrow(scope + "/" + tensor.node()).output(tensor.index())));
    return outputs;
  }

  /** A session keeps things under the name of their op where they have none of their own. */
  private static GraphDef sharing(GraphDef graph) {
    GraphDef.Builder shared = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      AttrValue name = node.getAttrOrDefault(SHARED_NAME, AttrValue.getDefaultInstance());
      shared.addNode(
          KEPT.contains(node.getOp()) && name.getS().isEmpty()
              ? node.toBuilder()
                  .putAttr(
                      SHARED_NAME,
                      AttrValue.newBuilder().setS(ByteString.copyFromUtf8(node.getName())).build())
                  .build()
              : node);
    }
    return shared.build();
  }

  private static String freeScope(Graph graph) {
    Set<String> taken = new LinkedHashSet<>();
    graph.operations().forEachRemaining(op -> taken.add(op.name().split("/", 2)[0]));
    String scope = SCOPE;
    for (int i = 1; taken.contains(scope); i++) {
      scope = SCOPE + "_" + i;
    }
    return scope;
  }
}
