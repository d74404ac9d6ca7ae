package dev.loraplus.savedmodel.flat;

import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * Attributes of a function's nodes at one call. A body may leave a value open, as {@code
 * placeholder: "T"}; the call says what T is.
 */
final class Attributes {
  /** Names nodes of the function's own body, which have other names once it is inlined. */
  private static final String COLOCATION = "_class";

  private Attributes() {}

  /** A body's node with the call's values in place. */
  static NodeDef filled(NodeDef node, Map<String, AttrValue> call) {
    NodeDef.Builder filled = node.toBuilder().clearAttr().clearExperimentalDebugInfo();
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (!name.equals(COLOCATION)) {
                filled.putAttr(name, substituted(value, call));
              }
            });
    return filled.build();
  }

  private static AttrValue substituted(AttrValue value, Map<String, AttrValue> call) {
    switch (value.getValueCase()) {
      case PLACEHOLDER -> {
        AttrValue actual = call.get(value.getPlaceholder());
        if (actual == null) {
          throw new SavedModelException(
              "attribute '" + value.getPlaceholder() + "': the function's call does not set it");
        }
        return actual;
      }
      case FUNC -> {
        return AttrValue.newBuilder().setFunc(substituted(value.getFunc(), call)).build();
      }
      case LIST -> {
        AttrValue.ListValue.Builder list = value.getList().toBuilder();
        for (int i = 0; i < list.getFuncCount(); i++) {
          list.setFunc(i, substituted(list.getFunc(i), call));
        }
        return AttrValue.newBuilder().setList(list).build();
      }
      default -> {
        return value;
      }
    }
  }

  private static NameAttrList substituted(NameAttrList function, Map<String, AttrValue> call) {
    NameAttrList.Builder builder = function.toBuilder();
    function.getAttrMap().forEach((name, value) -> builder.putAttr(name, substituted(value, call)));
    return builder.build();
  }
}
