package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * Which entry of the checkpoint each resource variable of a SavedModel of TensorFlow 2 is restored
 * from, and what Python calls the object behind it.
 */
public final class CheckpointKeys {
  private static final String END = "/.ATTRIBUTES/VARIABLE_VALUE";

  private final MetaGraphDef meta;
  private final Map<String, String> keys = new LinkedHashMap<>();

  private CheckpointKeys(MetaGraphDef meta) {
    this.meta = meta;
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
                .ifPresent(
                    name -> {
                      List<String> nodes = byName.computeIfAbsent(name, n -> new ArrayList<>());
                      nodes.add(node);
                      namesakes.put(node, nodes);
                    }));
    return namesakes;
  }

  /** The restore op assigns parts of a RestoreV2 to handles. */
  private void read() {
    String restore = meta.getSaverDef().getRestoreOpName();
    if (restore.isEmpty()) {
      return;
    }
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    meta.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Map<String, FunctionDef> functions = new HashMap<>();
    meta.getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    Map<String, NodeDef> flat =
        FunctionInliner.inline(
                Closure.nodes(nodes, Set.of(TensorName.parse(restore).node())).values(),
                functions,
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
    return Optional.of(
        names.getAttrOrThrow("value").getTensor().getStringVal(current.index()).toStringUtf8());
  }

  /** The name of the variable whose path of attributes a key is. */
  private Optional<String> object(String key) {
    SavedObjectGraph objects = meta.getObjectGraphDef();
    if (!key.endsWith(END) || objects.getNodesCount() == 0) {
      return Optional.empty();
    }
    SavedObject object = objects.getNodes(0);
    for (String part : key.substring(0, key.length() - END.length()).split("/", -1)) {
      String attribute = part.replace(".S", "/").replace("..", ".");
      Optional<ObjectReference> child =
          object.getChildrenList().stream()
              .filter(reference -> reference.getLocalName().equals(attribute))
              .findFirst();
      if (child.isEmpty()) {
        return Optional.empty();
      }
      object = objects.getNodes(child.get().getNodeId());
    }
    return object.hasVariable() ? Optional.of(object.getVariable().getName()) : Optional.empty();
  }
}
