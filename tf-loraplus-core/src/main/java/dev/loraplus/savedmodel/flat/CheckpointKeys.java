package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * Which entry of the checkpoint each resource variable of a SavedModel of TensorFlow 2 is restored
 * from, and which of Python's objects is behind it.
 */
public final class CheckpointKeys {
  private static final String END = "/.ATTRIBUTES/VARIABLE_VALUE";

  private final MetaGraphDef meta;
  private final Map<String, NodeDef> nodes;
  private final Map<String, String> keys = new LinkedHashMap<>();

  private CheckpointKeys(MetaGraphDef meta) {
    this.meta = meta;
    this.nodes = GraphParts.nodes(meta.getGraphDef());
  }

  /**
   * Variables that are copies of one another. Keras 3 saves each variable as two objects: C++ and
   * Java serve the one, Python the other.
   *
   * @param file a SavedModel
   * @return for each variable's node, the nodes of variables that Python calls the same, itself
   *     among them; empty for a SavedModel of TensorFlow 1
   */
  public static Map<String, List<String>> namesakes(SavedModelFile file) {
    CheckpointKeys checkpoint = new CheckpointKeys(file.meta());
    checkpoint.read();
    Map<String, List<String>> byName = new LinkedHashMap<>();
    Map<String, List<String>> namesakes = new LinkedHashMap<>();
    checkpoint.keys.forEach(
        (node, key) ->
            checkpoint
                .object(key)
                .map(id -> checkpoint.objects().getNodes(id).getVariable().getName())
                .ifPresent(
                    name -> {
                      List<String> nodes = byName.computeIfAbsent(name, n -> new ArrayList<>());
                      nodes.add(node);
                      namesakes.put(node, nodes);
                    }));
    return namesakes;
  }

  /**
   * Variables that signatures read and the restore op leaves unset, because it sets other variables
   * with the values of the same objects. {@code tf.saved_model.save} of a Keras 3 model writes it
   * so: its saver knows copies that were made for it. Python follows the objects.
   *
   * @param file a SavedModel
   * @return for the node of each such variable, the node of the one that is restored
   */
  public static Map<String, String> standIns(SavedModelFile file) {
    CheckpointKeys checkpoint = new CheckpointKeys(file.meta());
    checkpoint.read();
    Map<Integer, String> restored = new HashMap<>();
    checkpoint.keys.forEach(
        (node, key) -> checkpoint.object(key).ifPresent(id -> restored.putIfAbsent(id, node)));
    Map<String, String> standIns = new LinkedHashMap<>();
    checkpoint
        .captured()
        .forEach(
            (node, id) -> {
              String other = restored.get(id);
              if (other != null && !checkpoint.keys.containsKey(node)) {
                standIns.put(node, other);
              }
            });
    return standIns;
  }

  /** The object behind each variable that a signature's function takes beside its arguments. */
  private Map<String, Integer> captured() {
    Map<String, Integer> captured = new LinkedHashMap<>();
    for (NodeDef call : nodes.values()) {
      SavedConcreteFunction function =
          objects()
              .getConcreteFunctionsMap()
              .get(call.getAttrOrDefault("f", AttrValue.getDefaultInstance()).getFunc().getName());
      if (function == null) {
        continue;
      }
      List<TensorName> inputs =
          call.getInputList().stream()
              .map(TensorName::parse)
              .filter(input -> !input.isControl())
              .toList();
      List<Integer> bound = function.getBoundInputsList();
      int first = inputs.size() - bound.size();
      for (int i = 0; first >= 0 && i < bound.size(); i++) {
        NodeDef node = nodes.get(inputs.get(first + i).node());
        if (node != null && node.getOp().equals("VarHandleOp")) {
          captured.put(node.getName(), bound.get(i));
        }
      }
    }
    return captured;
  }

  private SavedObjectGraph objects() {
    return meta.getObjectGraphDef();
  }

  /** The restore op assigns parts of a RestoreV2 to handles. */
  private void read() {
    String restore = meta.getSaverDef().getRestoreOpName();
    if (restore.isEmpty() || objects().getNodesCount() == 0) {
      return;
    }
    Map<String, NodeDef> flat =
        FunctionInliner.inline(
                Closure.nodes(nodes, Set.of(TensorName.parse(restore).node())).values(),
                GraphParts.functions(meta.getGraphDef()),
                nodes.keySet())
            .nodes();
    for (NodeDef node : flat.values()) {
      if (node.getOp().equals("AssignVariableOp")) {
        String handle = TensorName.parse(node.getInput(0)).node();
        key(flat, TensorName.parse(node.getInput(1))).ifPresent(key -> keys.put(handle, key));
      }
    }
  }

  private static Optional<String> key(Map<String, NodeDef> flat, TensorName value) {
    TensorName current = value;
    NodeDef node = flat.get(current.node());
    while (node != null && node.getOp().equals("Identity")) {
      current = TensorName.parse(node.getInput(0));
      node = flat.get(current.node());
    }
    if (node == null || !node.getOp().equals("RestoreV2")) {
      return Optional.empty();
    }
    NodeDef names = flat.get(TensorName.parse(node.getInput(1)).node());
    if (names == null || !names.getOp().equals("Const")) {
      return Optional.empty();
    }
    // The texts of a constant made by a session lie in tensor_content.
    TensorProto texts = names.getAttrOrThrow("value").getTensor();
    return current.index() < texts.getStringValCount()
        ? Optional.of(texts.getStringVal(current.index()).toStringUtf8())
        : Optional.empty();
  }

  /** The place in the graph of objects of the variable whose path of attributes a key is. */
  private Optional<Integer> object(String key) {
    if (!key.endsWith(END)) {
      return Optional.empty();
    }
    int id = 0;
    for (String part : key.substring(0, key.length() - END.length()).split("/", -1)) {
      String attribute = part.replace(".S", "/").replace("..", ".");
      Optional<ObjectReference> child =
          objects().getNodes(id).getChildrenList().stream()
              .filter(reference -> reference.getLocalName().equals(attribute))
              .findFirst();
      if (child.isEmpty()) {
        return Optional.empty();
      }
      id = child.get().getNodeId();
    }
    return objects().getNodes(id).hasVariable() ? Optional.of(id) : Optional.empty();
  }
}
