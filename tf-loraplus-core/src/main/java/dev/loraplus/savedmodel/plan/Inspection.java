package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.FlatGraph;
import java.util.List;
import java.util.Map;

/**
 * Every weight of a flat graph, with whether and how it can carry an adapter.
 *
 * @param targets weights that can
 * @param refused reasons by path of the weights that cannot
 * @param kernels all weights, in the order of the graph
 */
public record Inspection(List<Target> targets, Map<String, String> refused, List<Kernel> kernels) {

  /**
   * Copies the lists.
   *
   * @param targets weights that can
   * @param refused reasons by path of the weights that cannot
   * @param kernels all weights
   */
  public Inspection {
    targets = List.copyOf(targets);
    kernels = List.copyOf(kernels);
  }

  /**
   * Looks at every weight.
   *
   * @param graph a flat graph
   * @return what can be adapted
   * @throws dev.loraplus.savedmodel.flat.SavedModelException if TensorFlow cannot import the graph
   */
  public static Inspection of(FlatGraph graph) {
    try (GraphIndex index = new GraphIndex(graph)) {
      return new TargetFinder(graph, index).inspect();
    }
  }
}
