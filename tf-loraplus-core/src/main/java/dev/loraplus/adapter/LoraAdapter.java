package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** The trainable low-rank pair of one module. */
public sealed interface LoraAdapter permits LoraLinear, LoraEmbedding {
  /**
   * Path of the adapted module.
   *
   * @return the module path
   */
  String path();

  /**
   * Rank and scaling.
   *
   * @return the settings
   */
  LoraSettings settings();

  /**
   * A, [r, in].
   *
   * @return the variable
   */
  ResourceVariable a();

  /**
   * B, [out, r].
   *
   * @return the variable
   */
  ResourceVariable b();

  /**
   * A and B with their roles.
   *
   * @return the parameters, A first
   */
  List<TrainableParameter> parameters();

  /**
   * Fresh values of A and B, a function of the seed and the path; BA is zero.
   *
   * @param seed seed of the run
   * @return tensors that the caller closes
   */
  Map<ResourceVariable, TFloat32> initialValues(long seed);

  /**
   * Gives A and B their fresh values. Enough where an adapter is used alone; a whole model assigns
   * all its variables in one run instead.
   *
   * @param session session of the graph
   * @param seed seed of the run
   */
  default void initialize(Session session, long seed) {
    Map<ResourceVariable, TFloat32> values = initialValues(seed);
    try {
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }
}
