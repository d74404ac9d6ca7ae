package dev.loraplus.savedmodel.flat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** Finds the variables among nodes. */
final class GraphVariables {
  static final String RESOURCE = "VarHandleOp";

  private static final Set<String> REFS = Set.of("VariableV2", "Variable");

  /** A name that TensorFlow made unique by a number. */
  private static final Pattern NUMBERED = Pattern.compile("(.+)_\\d+");

  private GraphVariables() {}

  /**
   * The variables that some nodes hold.
   *
   * @param used the nodes
   * @param all every node of the graph
   */
  static List<FlatVariable> of(Collection<NodeDef> used, Collection<NodeDef> all) {
    Map<String, NodeDef> declared = byName(all);
    Map<String, NodeDef> present = byName(used);
    List<FlatVariable> variables = new ArrayList<>();
    present.forEach(
        (name, node) ->
            variables.add(
                new FlatVariable(
                    withoutTwin(name, node, declared, present),
                    node.getName(),
                    node.getAttrOrThrow("dtype").getType(),
                    shape(node.getAttrMap()),
                    node.getOp().equals(RESOURCE))));
    return variables;
  }

  private static Map<String, NodeDef> byName(Collection<NodeDef> nodes) {
    Map<String, NodeDef> byName = new LinkedHashMap<>();
    for (NodeDef node : nodes) {
      if (node.getOp().equals(RESOURCE) || REFS.contains(node.getOp())) {
        byName.putIfAbsent(FlatVariable.nameOf(node), node);
      }
    }
    return byName;
  }

  /**
   * Keras 3 declares each variable twice, as {@code dense/kernel} and {@code dense/kernel_1}, and
   * only the second has a value and feeds the signature. Users know it by the first name.
   */
  private static String withoutTwin(
      String name, NodeDef node, Map<String, NodeDef> declared, Map<String, NodeDef> present) {
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches() || present.containsKey(numbered.group(1))) {
      return name;
    }
    NodeDef first = declared.get(numbered.group(1));
    boolean twin = first != null && shape(first.getAttrMap()).equals(shape(node.getAttrMap()));
    return twin ? numbered.group(1) : name;
  }

  private static Shape shape(Map<String, AttrValue> attributes) {
    AttrValue value = attributes.get("shape");
    if (value == null || value.getShape().getUnknownRank()) {
      return Shape.unknown();
    }
    return Shape.of(
        value.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }
}
