package dev.loraplus.savedmodel.adapt;

import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

/**
 * A flat graph with adapters, running: its variables have the model's values, its adapters fresh
 * ones. Closing it frees both graph and session.
 */
public final class AdaptedSavedModel implements AutoCloseable {
  static {
    NativeRuntime.configure();
  }

  private final AdaptedGraph adapted;
  private final Graph graph;
  private final Session session;
  private final FreshAdapters fresh;
  private final List<TrainableParameter> parameters = new ArrayList<>();
  private final List<ResourceVariable> adapterVariables = new ArrayList<>();
  private final List<ResourceVariable> trainedVariables = new ArrayList<>();

  private AdaptedSavedModel(AdaptedGraph adapted, Graph graph) {
    this.adapted = adapted;
    this.graph = graph;
    graph.importGraphDef(adapted.flat().graph());
    for (AdapterNodes adapter : adapted.adapters()) {
      adapterVariables.addAll(adapter.variables(graph));
      parameters.addAll(adapter.parameters(graph));
    }
    SavedWeights saved = new SavedWeights(adapted.flat(), graph);
    trainedVariables.addAll(adapterVariables);
    for (Kernel kernel : adapted.plan().trainedInFull()) {
      boolean chosen = adapted.plan().savedWeights().contains(kernel);
      parameters.add(saved.parameter(kernel, chosen));
      trainedVariables.add(saved.assignable(kernel));
    }
    fresh = new FreshAdapters(adapted, graph);
    session = new Session(graph);
  }

  /**
   * Adapts a flat graph and gives its variables their values. Adapters come in where {@link
   * AdapterPlacement#AUTOMATIC} puts them.
   *
   * @param base the flat graph
   * @param config where adapters attach
   * @param seed decides the fresh values of adapters
   * @return the model
   * @throws ConfigurationException if the configuration does not fit the graph
   */
  public static AdaptedSavedModel build(FlatGraph base, LoraConfig config, long seed) {
    return build(base, config, AdapterPlacement.AUTOMATIC, seed);
  }

  /**
   * Adapts a flat graph and gives its variables their values.
   *
   * @param base the flat graph
   * @param config where adapters attach
   * @param placement where they come in
   * @param seed decides the fresh values of adapters
   * @return the model
   * @throws ConfigurationException if the configuration does not fit the graph
   */
  public static AdaptedSavedModel build(
      FlatGraph base, LoraConfig config, AdapterPlacement placement, long seed) {
    AdaptedGraph adapted = AdaptedGraph.of(base, config, placement);
    Graph graph = new Graph();
    AdaptedSavedModel model = null;
    try {
      model = new AdaptedSavedModel(adapted, graph);
      adapted.flat().initialize(model.session);
      model.initialize(seed);
      return model;
    } catch (RuntimeException | Error e) {
      // A graph waits for its sessions when it is closed.
      if (model != null) {
        model.session.close();
      }
      graph.close();
      throw e;
    }
  }

  /**
   * Gives the adapters fresh values, with which the outputs are the model's own. Where A and B are
   * factors of weights (PiSSA, OLoRA), all of the model's variables get its values again first.
   *
   * @param seed decides them
   */
  public void initialize(long seed) {
    fresh.assign(session, seed);
  }

  /**
   * Runs the signature with the adapters.
   *
   * @param inputs a tensor for each key of the signature's inputs
   * @return a tensor for each key of its outputs, in the keys' order; the caller closes it
   * @throws SavedModelException if an input is missing or unknown
   */
  public Map<String, Tensor> predict(Map<String, ? extends Tensor> inputs) {
    Session.Runner runner = session.runner();
    feed(runner, inputs);
    Map<String, TensorName> outputs = new TreeMap<>(adapted.flat().outputs());
    outputs.keySet().forEach(key -> runner.fetch(output(key)));
    Result result = Runs.run(runner);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int position = 0;
    for (String key : outputs.keySet()) {
      tensors.put(key, result.get(position++));
    }
    return tensors;
  }

  /**
   * Feeds the signature's inputs.
   *
   * @param runner a fresh runner of {@link #session}
   * @param inputs a tensor for each key of the signature's inputs
   * @throws SavedModelException if an input is missing or unknown
   */
  public void feed(Session.Runner runner, Map<String, ? extends Tensor> inputs) {
    Map<String, TensorName> wanted = adapted.flat().inputs();
    if (!wanted.keySet().equals(inputs.keySet())) {
      throw new SavedModelException(
          String.format(
              "inputs: must be %s, got %s",
              new TreeMap<>(wanted).keySet(), new TreeMap<>(inputs).keySet()));
    }
    inputs.forEach((key, tensor) -> runner.feed(input(key), tensor));
  }

  /**
   * The placeholder of an input.
   *
   * @param key key of the signature
   * @return the placeholder
   * @throws SavedModelException if there is no such key
   */
  public Output<?> input(String key) {
    return tensor("input", key, adapted.flat().inputs());
  }

  /**
   * The tensor of an output, with the adapters' part.
   *
   * @param key key of the signature
   * @return the tensor
   * @throws SavedModelException if there is no such key
   */
  public Output<?> output(String key) {
    return tensor("output", key, adapted.flat().outputs());
  }

  private Output<?> tensor(String kind, String key, Map<String, TensorName> tensors) {
    TensorName name = tensors.get(key);
    if (name == null) {
      throw new SavedModelException(
          String.format(
              "%s '%s': the signature has none of that name; it has %s",
              kind, key, new TreeMap<>(tensors).keySet()));
    }
    return graph.operationOrThrow(name.node()).output(name.index());
  }

  /**
   * Everything that trains.
   *
   * @return the parameters with their roles
   */
  public List<TrainableParameter> parameters() {
    return List.copyOf(parameters);
  }

  /**
   * A and B of every adapter, and DoRA's magnitude.
   *
   * @return in the order of the plan
   */
  public List<ResourceVariable> adapterVariables() {
    return List.copyOf(adapterVariables);
  }

  /**
   * Everything that trains, with the ops that give it another value: A and B of every adapter, and
   * weights that train in full.
   *
   * @return in the order of {@link #parameters}
   */
  public List<ResourceVariable> trainedVariables() {
    return List.copyOf(trainedVariables);
  }

  /**
   * What was adapted and how.
   *
   * @return the graph with adapters and its plan
   */
  public AdaptedGraph adapted() {
    return adapted;
  }

  /**
   * The graph.
   *
   * @return closed with this model
   */
  public Graph graph() {
    return graph;
  }

  /**
   * Builder of the graph.
   *
   * @return the builder
   */
  public Ops tf() {
    return Ops.create(graph);
  }

  /**
   * The session that holds all values.
   *
   * @return closed with this model
   */
  public Session session() {
    return session;
  }

  /**
   * Takes 1 while training; present where adapters have dropout.
   *
   * @return the switch
   */
  public Optional<Output<?>> trainingSwitch() {
    return scoped(InputDropout.TRAINING);
  }

  /**
   * Takes two int64 that decide the masks of dropout; present where adapters have dropout.
   *
   * @return the placeholder
   */
  public Optional<Output<?>> randomness() {
    return scoped(InputDropout.RANDOMNESS);
  }

  /**
   * Multiplies all adapters: 1 unless it is fed, and 0 takes them out.
   *
   * @return a float32 scalar
   */
  public Output<?> adapterSwitch() {
    return scoped(AdapterBuilder.ENABLED).orElseThrow();
  }

  private Optional<Output<?>> scoped(String name) {
    GraphOperation op = graph.operation(adapted.scope() + "/" + name);
    return Optional.ofNullable(op).map(found -> found.output(0));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
