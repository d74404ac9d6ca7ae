package dev.loraplus.savedmodel.flat;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

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
    String name, String node, DataType dtype, Shape shape, boolean resource) {}
