package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.weights.WeightSource;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network with the weights of its checkpoint and nothing else. */
public final class PretrainedModel implements LoadedModel {
  static {
    NativeRuntime.configure();
  }

  private final Architecture architecture;
  private final Graph graph;
  private final ModelWeights weights;
  private final Ops tf;
  private final ModelInputs inputs;
  private final ModelOutputs outputs;
  private final Session session;

  private PretrainedModel(Architecture architecture, WeightSource source, Graph graph) {
    this.architecture = architecture;
    this.graph = graph;
    this.tf = Ops.create(graph);
    VariableStore store = new VariableStore(tf);
    this.weights = new ModelWeights(store, architecture, source);
    requireWhole(weights, source);
    this.inputs = ModelInputs.create(tf);
    this.outputs = architecture.forward(layers("predict"), inputs);
    this.session = new Session(graph);
    load();
  }

  /**
   * Builds the graph and loads all weights in one run.
   *
   * @param architecture the network
   * @param source its checkpoint; the caller closes it, at any time after this call
   * @return the model
   * @throws ConfigurationException if the checkpoint lacks the head of the task
   * @throws dev.loraplus.weights.WeightException if a tensor is missing or has another shape
   */
  public static PretrainedModel load(Architecture architecture, WeightSource source) {
    Graph graph = new Graph();
    try {
      return new PretrainedModel(architecture, source, graph);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public ModelInputs inputs() {
    return inputs;
  }

  @Override
  public ModelOutputs outputs() {
    return outputs;
  }

  @Override
  public Layers layers(String scope) {
    return Layers.inference(
        Products.exact(tf.withSubScope(scope)), architecture, weights, Adaptation.NONE);
  }

  @Override
  public Ops tf() {
    return tf;
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    weights.close();
  }

  private void load() {
    Map<ResourceVariable, TFloat32> values = Map.of();
    try {
      values = weights.initialValues(0, entry -> true, entry -> true);
      VariableStore.assign(session, values);
    } catch (RuntimeException e) {
      session.close();
      weights.close();
      throw e;
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  private static void requireWhole(ModelWeights weights, WeightSource source) {
    List<String> fresh = weights.fresh();
    if (!fresh.isEmpty()) {
      throw new ConfigurationException(
          String.format(
              "%s: %s are not in the checkpoint, so the model has not learned this task; add the"
                  + " adapter that holds them, or choose the task that the model was trained for",
              source.description(), fresh));
    }
  }
}
