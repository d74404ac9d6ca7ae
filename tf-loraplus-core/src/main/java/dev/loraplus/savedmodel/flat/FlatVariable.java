package dev.loraplus.savedmodel.flat;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * A variable of a flat graph.
 *
 * @param name what users call it: the name under which the model declared it, such as {@code
 *     dense/kernel}
 * @param node the node that gives the resource handle, or the ref variable itself
 * @param dtype type of its numbers
 * @param shape its shape, unknown where the graph does not say
 * @param resource whether it is a resource variable; otherwise a ref variable
 */
public record FlatVariable(
    String name, String node, DataType dtype, Shape shape, boolean resource) {
  /**
   * The name under which a session knows a variable, which is what Keras calls it.
   *
   * @param variable its node
   * @return the shared name, or that of the node where there is none
   */
  public static String nameOf(NodeDef variable) {
    AttrValue shared = variable.getAttrMap().get("shared_name");
    String name = shared == null ? "" : shared.getS().toStringUtf8();
    return name.isEmpty() ? variable.getName() : name;
  }
}
