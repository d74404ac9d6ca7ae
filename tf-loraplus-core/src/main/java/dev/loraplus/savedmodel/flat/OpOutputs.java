package dev.loraplus.savedmodel.flat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Where the named outputs of an op lie among its numbered ones: a function body says {@code
 * node:backprops:0} where a graph says {@code node:1}.
 */
final class OpOutputs {
  private static final Map<String, OpDef> REGISTERED = registered();

  private final Map<String, FunctionDef> functions;

  OpOutputs(Map<String, FunctionDef> functions) {
    this.functions = functions;
  }

  /**
   * The number of an output.
   *
   * @throws SavedModelException if the op is unknown or has no such output
   */
  int position(NodeDef node, String output, int offset) {
    int position = 0;
    for (OpDef.ArgDef arg : definition(node).getOutputArgList()) {
      if (arg.getName().equals(output)) {
        return position + offset;
      }
      position += size(arg, node.getAttrMap());
    }
    throw new SavedModelException(
        String.format(
            "node '%s': the op %s has no output '%s'", node.getName(), node.getOp(), output));
  }

  /** How many tensors an argument of a function or op stands for. */
  static int size(OpDef.ArgDef arg, Map<String, AttrValue> attributes) {
    if (!arg.getNumberAttr().isEmpty()) {
      return Math.toIntExact(value(arg.getNumberAttr(), attributes).getI());
    }
    if (!arg.getTypeListAttr().isEmpty()) {
      return value(arg.getTypeListAttr(), attributes).getList().getTypeCount();
    }
    return 1;
  }

  private static AttrValue value(String name, Map<String, AttrValue> attributes) {
    return attributes.getOrDefault(name, AttrValue.getDefaultInstance());
  }

  private OpDef definition(NodeDef node) {
    FunctionDef function = functions.get(node.getOp());
    OpDef definition = function == null ? REGISTERED.get(node.getOp()) : function.getSignature();
    if (definition == null) {
      throw new SavedModelException(
          String.format(
              "node '%s': this TensorFlow has no op %s; load the library that has it with"
                  + " TensorFlow.loadLibrary first",
              node.getName(), node.getOp()));
    }
    return definition;
  }

  private static Map<String, OpDef> registered() {
    Map<String, OpDef> byName = new HashMap<>();
    List<OpDef> all = TensorFlow.registeredOpList().getOpList();
    all.forEach(op -> byName.put(op.getName(), op));
    return Map.copyOf(byName);
  }
}
