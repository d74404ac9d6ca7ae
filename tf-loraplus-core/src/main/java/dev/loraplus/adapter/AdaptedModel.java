package dev.loraplus.adapter;

import com.google.common.base.Suppliers;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.graph.NarrowProducts;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Sessions;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Layers;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelOutputs;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.Products;
import dev.loraplus.model.TrainingPass;
import dev.loraplus.weights.WeightSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A pretrained network with adapters, as a TensorFlow graph and a session that holds its weights.
 * Closing it frees both and the weight source.
 */
public final class AdaptedModel implements LoadedModel {
  static {
    NativeRuntime.configure();
  }

  private final Architecture architecture;
  private final WeightSource source;
  private final Graph graph;
  private final Ops tf;
  private final VariableStore store;
  private final ModelWeights weights;
  private final LoraAdapters adapters;
  private final ModelInputs inputs;
  private final Supplier<ModelOutputs> adapted;
  private final Supplier<ModelOutputs> plain;
  private final Session session;
  private final ComputeConfig compute;
  private final StartingValues starting;
  private final Merging merging;
  private long seed;

  private AdaptedModel(
      Architecture architecture,
      WeightSource source,
      LoraConfig config,
      ComputeConfig compute,
      long seed,
      Graph graph) {
    this.architecture = architecture;
    this.source = source;
    this.seed = seed;
    this.graph = graph;
    this.tf = Ops.create(graph);
    this.store = new VariableStore(tf);
    AdapterPlan plan = AdapterPlanner.plan(architecture, config);
    this.compute = compute;
    this.weights =
        new ModelWeights(
            store, architecture, source, NarrowWeights.of(architecture, plan, compute));
    plan.requireTrained(weights.fresh(), source.description());
    this.adapters = new LoraAdapters(store, plan, weights);
    this.inputs = ModelInputs.create(tf);
    // Built when first asked for: a run that trains takes its first steps without them.
    this.adapted = outputs("predict", adapters);
    this.plain = outputs("plain", Adaptation.NONE);
    this.session = Sessions.open(graph, compute.compilation());
    if (compute.precision() == Precision.BFLOAT16) {
      NarrowProducts.adviseOn(compute.compilation());
    }
    this.starting = new StartingValues(session, weights, adapters, compute);
    this.merging = new Merging(session, tf, architecture, adapters, weights);
    try {
      starting.assignAll(seed);
    } catch (RuntimeException | Error e) {
      // A graph waits for its sessions when it is closed.
      session.close();
      weights.close();
      throw e;
    }
  }

  /**
   * Builds the graph and loads all weights in one run.
   *
   * @param architecture the network
   * @param source its checkpoint; the model closes it
   * @param config where adapters attach
   * @param seed decides the fresh values of adapters and head
   * @return the model
   * @throws ConfigurationException if a name of the configuration matches nothing, or a head that
   *     the checkpoint lacks would stay untrained
   * @throws dev.loraplus.weights.WeightException if a tensor is missing or has another shape
   */
  public static AdaptedModel build(
      Architecture architecture, WeightSource source, LoraConfig config, long seed) {
    return build(architecture, source, config, ComputeConfig.exact(), seed);
  }

  /**
   * Builds the graph and loads all weights in one run.
   *
   * @param architecture the network
   * @param source its checkpoint; the model closes it
   * @param config where adapters attach
   * @param compute precision, compilation and recomputation
   * @param seed decides the fresh values of adapters and head
   * @return the model
   * @throws ConfigurationException if a name of the configuration matches nothing, or a head that
   *     the checkpoint lacks would stay untrained
   * @throws dev.loraplus.weights.WeightException if a tensor is missing or has another shape
   * @throws IllegalStateException if the compilation cannot be had any more in this process
   */
  public static AdaptedModel build(
      Architecture architecture,
      WeightSource source,
      LoraConfig config,
      ComputeConfig compute,
      long seed) {
    Graph graph = new Graph();
    try {
      return new AdaptedModel(architecture, source, config, compute, seed, graph);
    } catch (RuntimeException | Error e) {
      graph.close();
      source.close();
      throw e;
    }
  }

  /**
   * Sets everything that trains to its starting value under another seed, as {@link #build} with
   * that seed would. Frozen weights are read again only where the adapters' start changed them.
   *
   * @param newSeed decides the fresh values of adapters and head
   * @throws IllegalStateException if the adapters are merged
   */
  public void restart(long newSeed) {
    merging.requireApart();
    seed = newSeed;
    starting.assignTrained(newSeed);
  }

  /**
   * Builds one more pass over the same weights, with dropout and the recomputation of this model,
   * on tensors of one's own.
   *
   * @param given tokens, and what decides the dropout; such as {@code inputs().packed(tf())}
   * @return what the network gives while training, and what its backward pass computes again
   * @throws IllegalStateException if the adapters are merged
   */
  public TrainingPass recomputingPass(ModelInputs given) {
    return trainingPass(given, compute.recomputation());
  }

  /**
   * Builds one more pass over the same weights, with dropout, that keeps all layers, whatever the
   * recomputation of this model.
   *
   * @param given tokens, and what decides the dropout
   * @return what the network gives for them while training
   * @throws IllegalStateException if the adapters are merged
   */
  public ModelOutputs trainingPass(ModelInputs given) {
    return trainingPass(given, Recomputation.NONE).outputs();
  }

  private TrainingPass trainingPass(ModelInputs given, Recomputation recomputation) {
    merging.requireApart();
    Layers layers =
        Layers.training(pass("train"), architecture, weights, adapters, given, recomputation);
    return new TrainingPass(architecture.forward(layers, given), layers.recomputed());
  }

  /**
   * The network as it stands, without dropout: with its adapters, or with them merged into the base
   * weights.
   *
   * @return what it gives
   */
  @Override
  public ModelOutputs outputs() {
    return merging.isMerged() ? plainOutputs() : adapted.get();
  }

  @Override
  public Layers layers(String scope) {
    return layers(scope, merging.isMerged() ? Adaptation.NONE : adapters);
  }

  /**
   * The layers of one more pass over the base weights, with an adaptation of one's own and without
   * dropout.
   *
   * @param scope first part of the names of the pass's operations
   * @param adaptation what changes the outputs of modules
   * @return the layers
   */
  public Layers layers(String scope, Adaptation adaptation) {
    return Layers.inference(pass(scope), architecture, weights, adaptation);
  }

  /** One pass without dropout over the inputs of this model. */
  private Supplier<ModelOutputs> outputs(String scope, Adaptation adaptation) {
    return Suppliers.memoize(() -> architecture.forward(layers(scope, adaptation), inputs));
  }

  /** Builder of one pass, in the precision of this model. */
  private Products pass(String scope) {
    return new Products(tf.withSubScope(scope), compute);
  }

  /**
   * Puts the adapters into the base weights, for a plain one W = W0 + s B A: predictions then cost
   * what the base model's cost. A merged model does not train.
   *
   * @throws IllegalStateException if they are merged already, or one sits on an embedding whose
   *     unadapted table also gives the logits: merged, the logits would change
   */
  public void merge() {
    merging.merge();
  }

  /**
   * Refuses a model that would give other answers with its adapters merged, in memory or saved.
   *
   * @throws IllegalStateException if an adapter sits on an embedding whose unadapted table also
   *     gives the logits
   */
  public void requireMergeable() {
    merging.requirePossible();
  }

  /**
   * Takes the adapters out of the base weights, which are then what they were before {@link
   * #merge}, bit for bit.
   *
   * @throws IllegalStateException if they are not merged
   */
  public void unmerge() {
    merging.unmerge(seed);
  }

  /**
   * Whether the adapters are in the base weights.
   *
   * @return true between {@link #merge} and {@link #unmerge}
   */
  public boolean isMerged() {
    return merging.isMerged();
  }

  /**
   * Every adapted weight with its adapter in it, for a plain one W0 + s B A, in the stored layout.
   *
   * @return ops by base parameter
   * @throws IllegalStateException if the adapters are merged already
   */
  public Map<ModelWeights.Entry, Operand<TFloat32>> mergedWeights() {
    return merging.values();
  }

  /**
   * The network without its adapters and without dropout, built when first asked for. The base
   * weights are taken as they are: with an init that changes them, such as PiSSA, this is not the
   * pretrained network.
   *
   * @return what it gives
   */
  public ModelOutputs plainOutputs() {
    return plain.get();
  }

  /**
   * Everything that trains.
   *
   * @return the parameters with their roles
   */
  public List<TrainableParameter> parameters() {
    return adapters.parameters(weights);
  }

  /**
   * The variables of everything that trains.
   *
   * @return in the order of {@link #parameters}
   */
  public List<ResourceVariable> trainedVariables() {
    return parameters().stream().map(parameter -> store.get(parameter.name())).toList();
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  /**
   * The checkpoint.
   *
   * @return open as long as this model is
   */
  public WeightSource source() {
    return source;
  }

  /**
   * The graph.
   *
   * @return closed with this model
   */
  public Graph graph() {
    return graph;
  }

  @Override
  public Ops tf() {
    return tf;
  }

  @Override
  public Session session() {
    return session;
  }

  /**
   * All variables.
   *
   * @return the store
   */
  public VariableStore variables() {
    return store;
  }

  /**
   * The base model's parameters.
   *
   * @return the weights
   */
  public ModelWeights weights() {
    return weights;
  }

  /**
   * The adapters.
   *
   * @return all of them
   */
  public LoraAdapters adapters() {
    return adapters;
  }

  @Override
  public ModelInputs inputs() {
    return inputs;
  }

  @Override
  public void close() {
    merging.close();
    session.close();
    graph.close();
    weights.close();
    source.close();
  }
}
