package dev.loraplus.savedmodel.adapt;

import dev.loraplus.graph.ResourceVariable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A {@link ResourceVariable} by the names of its ops.
 *
 * @param name of the variable
 * @param shape fully known
 * @param handle gives the resource
 * @param read reads it
 * @param feed takes a new value
 * @param assign stores it
 */
public record VariableNodes(
    String name, Shape shape, String handle, String read, String feed, String assign) {
  static VariableNodes of(ResourceVariable variable) {
    return new VariableNodes(
        variable.name(),
        variable.shape(),
        variable.handle().op().name(),
        variable.value().op().name(),
        variable.feed().op().name(),
        variable.assign().op().name());
  }

  /**
   * The variable in a graph that holds the ops.
   *
   * @param graph the graph
   * @return the variable
   */
  public ResourceVariable in(Graph graph) {
    GraphOperation storing = graph.operationOrThrow(assign);
    Output<TFloat32> value = graph.operationOrThrow(read).<TFloat32>output(0);
    return new ResourceVariable(
        name,
        shape,
        graph.operationOrThrow(handle).output(0),
        value,
        value,
        graph.operationOrThrow(feed).<TFloat32>output(0),
        () -> storing);
  }
}
