package dev.loraplus.serving;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.StoredAdapter;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.Layers;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelOutputs;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One base model with several named adapters, of which one is at work, or another for each text of
 * a batch.
 *
 * <p>The adapters lie in stacks, one variable of [slots, ...] for each adapted matrix, and a pass
 * over the network picks each text's matrices by its slot. What costs what:
 *
 * <ul>
 *   <li>{@link #switchTo}, {@link #enable}, {@link #disable}: one number is assigned.
 *   <li>{@link #add} of an adapter that attaches nowhere else, has no larger ranks and trains
 *       nothing else in full than those before it, while a slot is free: its slot is filled. No
 *       operation is added to the graph.
 *   <li>{@link #add} of any other: new stacks and one more pass are added to the graph, all
 *       adapters are copied, and the next run optimises the new pass. The operations of the old
 *       pass stay in the graph until {@link #close}; its stacks are freed.
 *   <li>A pass: for each adapted matrix the products of the largest rank that the stacks have, and
 *       each text's A and B are copied. A layer that adapters train in full is computed once for
 *       each text, with the weight of its adapter.
 * </ul>
 *
 * An adapter may be of any kind and attach anywhere, DoRA included, save that
 *
 * <ul>
 *   <li>one that starts from the base weights and changes them (PiSSA, OLoRA) is refused, since the
 *       others stand on the unchanged ones;
 *   <li>one that trains an embedding in full whose table gives the logits too is refused, since the
 *       logits of all texts are one product.
 * </ul>
 *
 * <p>All methods may be called from several threads, and {@link #logits} from many at once: it
 * waits only while an adapter is added or removed. A pass that is run by hand, over {@link
 * #outputs} and {@link #session}, or by a predictor, waits for nothing: it may run beside other
 * passes and beside a switch, but not while an adapter is added or removed.
 */
public final class ServedModel implements LoadedModel {
  static {
    NativeRuntime.configure();
  }

  /** What stands for the base model among the names of adapters, as in peft. */
  public static final String BASE = "__base__";

  private static final int SLOTS = 8;

  private final Graph graph;
  private final Session session;
  private final WeightSource source;
  private final AdapterBank.Base base;
  private final AdapterSwitch toggle;
  private final AdapterSlots adapters;
  private final ModelLock lock = new ModelLock();

  private ServedModel(Architecture architecture, WeightSource source, Graph graph, int slots) {
    this.graph = graph;
    this.source = source;
    Ops tf = Ops.create(graph);
    VariableStore store = new VariableStore(tf);
    ModelWeights weights = new ModelWeights(store, architecture, source);
    this.base = new AdapterBank.Base(architecture, store, weights, ModelInputs.create(tf));
    this.toggle = new AdapterSwitch(store, base.inputs());
    this.adapters = new AdapterSlots(base, toggle.rows(), slots);
    this.session = new Session(graph);
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try {
      values.put(toggle.variable(), TFloat32.scalarOf(0));
      values.putAll(weights.initialValues(0, entry -> true, entry -> true));
      VariableStore.assign(session, values);
    } catch (RuntimeException e) {
      session.close();
      weights.close();
      throw e;
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  /**
   * Loads a base model; no adapter is at work.
   *
   * @param directory the pretrained model
   * @param task decides the head
   * @return the model; the caller closes it
   * @throws ConfigurationException if the model is not supported
   * @throws dev.loraplus.weights.WeightException if the checkpoint is damaged
   */
  public static ServedModel open(Path directory, Task task) {
    Architecture architecture = Architectures.read(directory, task);
    return open(architecture, WeightSource.open(directory), SLOTS);
  }

  /**
   * Loads a base model with room for a number of adapters; no adapter is at work.
   *
   * @param architecture the network
   * @param source its checkpoint; the model closes it
   * @param room adapters that fit before the stacks must grow, at least 1
   * @return the model; the caller closes it
   * @throws IllegalArgumentException if {@code room} is below 1
   * @throws dev.loraplus.weights.WeightException if a tensor is missing or has another shape
   */
  public static ServedModel open(Architecture architecture, WeightSource source, int room) {
    if (room < 1) {
      source.close();
      throw new IllegalArgumentException("room: must be at least 1, got " + room);
    }
    Graph graph = new Graph();
    try {
      return new ServedModel(architecture, source, graph, room + 1);
    } catch (RuntimeException e) {
      graph.close();
      source.close();
      throw e;
    }
  }

  /**
   * Adds an adapter. Which one is at work stays as it is. If anything is wrong with the adapter,
   * the model stays as it was.
   *
   * @param name not taken
   * @param directory the adapter in peft's layout
   * @throws IllegalArgumentException if the name is taken or is {@link #BASE}
   * @throws ConfigurationException if the adapter's settings are not supported, here or at all
   * @throws dev.loraplus.weights.WeightException if a tensor of it is missing, has another shape or
   *     belongs to no module
   */
  public void add(String name, Path directory) {
    lock.shared(() -> adapters.requireFree(name));
    add(name, new AdapterDirectory(directory).read(base.architecture()));
  }

  /**
   * Adds an adapter that is in memory; see {@link #add(String, Path)}.
   *
   * @param name not taken
   * @param adapter made for this network
   * @throws IllegalArgumentException if the name is taken or is {@link #BASE}
   * @throws ConfigurationException if the adapter cannot stand beside others
   */
  public void add(String name, StoredAdapter adapter) {
    ServingRules.require(name, adapter.plan(), base);
    lock.alone(() -> adapters.add(session, name, adapter));
  }

  /**
   * Takes an adapter away. If it is the one at work, {@link #BASE} is after this.
   *
   * @param name an adapter of this model
   * @throws IllegalArgumentException if there is none of that name
   */
  public void remove(String name) {
    lock.alone(
        () -> {
          int slot = adapters.slot(name);
          if (toggle.isChosen(name) && slot > 0) {
            toggle.choose(session, adapters, BASE);
          }
          adapters.remove(name);
        });
  }

  /**
   * Adds a weighted combination of adapters as a new one, as peft's {@code add_weighted_adapter}
   * does. Its scaling is 1.
   *
   * @param name not taken
   * @param weights weight of each adapter, positive or negative
   * @param combination how they become one
   * @return the new adapter, such as to save it
   * @throws IllegalArgumentException if the name is taken, there are no weights, or there is no
   *     adapter of such a name
   * @throws ConfigurationException if the adapters cannot be combined so: if one is not plain LoRA,
   *     two of them train the same parameter in full, or ranks differ for LINEAR
   */
  public StoredAdapter addWeighted(
      String name, Map<String, Double> weights, Combination combination) {
    List<WeightedAdapters.Part> parts = lock.shared(() -> adapters.parts(name, weights));
    StoredAdapter combined = new WeightedAdapters(base.architecture(), parts).combine(combination);
    add(name, combined);
    return combined;
  }

  /**
   * The names of the adapters.
   *
   * @return in the order in which they were added
   */
  public List<String> names() {
    return lock.shared(adapters::names);
  }

  /**
   * The adapter at work.
   *
   * @return its name, or {@link #BASE}
   */
  public String active() {
    return lock.shared(toggle::active);
  }

  /**
   * Sets an adapter to work for all texts, and enables adapters.
   *
   * @param name an adapter of this model, or {@link #BASE}
   * @throws IllegalArgumentException if there is none of that name
   */
  public void switchTo(String name) {
    lock.alone(() -> toggle.switchTo(session, adapters, name));
  }

  /** Sets the plain base model to work until {@link #enable} or {@link #switchTo}. */
  public void disable() {
    lock.alone(() -> toggle.disable(session, adapters));
  }

  /** Sets the adapter to work that was so before {@link #disable}. */
  public void enable() {
    lock.alone(() -> toggle.enable(session, adapters));
  }

  /**
   * The logits of texts with the adapter at work.
   *
   * @param tokens the texts
   * @return classification [texts, classes], regression [texts, 1], language models [texts, length,
   *     vocabulary]; the caller closes it
   * @throws IllegalStateException if the base model is at work and has no head of its own
   */
  public TFloat32 logits(TokenRows tokens) {
    return lock.shared(
        () -> {
          requireHead(active());
          return PassRun.logits(session.runner(), base.inputs(), tokens, adapters.outputs());
        });
  }

  /**
   * The logits of texts, each with an adapter of its own, whichever is at work.
   *
   * @param tokens the texts
   * @param names an adapter for each text, or {@link #BASE}
   * @return as {@link #logits(TokenRows)}; the caller closes it
   * @throws IllegalArgumentException if there is no adapter of a name, or the number of names is
   *     not that of the texts
   * @throws IllegalStateException if a text asks for the base model, which has no head of its own
   */
  public TFloat32 logits(TokenRows tokens, List<String> names) {
    if (names.size() != tokens.texts()) {
      throw new IllegalArgumentException(
          String.format(
              "names: must be one for each of the %d texts, got %d", tokens.texts(), names.size()));
    }
    return lock.shared(
        () -> {
          try (TInt32 slots = slots(names)) {
            Session.Runner runner = session.runner().feed(toggle.rows(), slots);
            return PassRun.logits(runner, base.inputs(), tokens, adapters.outputs());
          }
        });
  }

  /**
   * The slots of adapters, to feed {@link #rowSlots} with where a pass is run by hand.
   *
   * @param names an adapter for each text, or {@link #BASE}
   * @return [texts]; valid until one of them is removed; the caller closes it
   * @throws IllegalArgumentException if there is no adapter of a name
   * @throws IllegalStateException if a text asks for the base model, which has no head of its own
   */
  public TInt32 slots(List<String> names) {
    return lock.shared(
        () -> {
          names.forEach(this::requireHead);
          return TInt32.vectorOf(names.stream().mapToInt(adapters::slot).toArray());
        });
  }

  /**
   * The slot of each text, [texts]; where it is not fed, all texts have the adapter at work.
   *
   * @return a placeholder
   */
  public Operand<TInt32> rowSlots() {
    return toggle.rows();
  }

  private void requireHead(String name) {
    ServingRules.requireHead(name, base.weights().fresh(), source.description());
  }

  @Override
  public Architecture architecture() {
    return base.architecture();
  }

  @Override
  public ModelInputs inputs() {
    return base.inputs();
  }

  /**
   * Not for this model: a pass of one's own does not know which text has which adapter.
   *
   * @throws IllegalStateException always, with the way to load a model for one adapter
   */
  @Override
  public Layers layers(String scope) {
    throw new IllegalStateException(
        "a model that serves several adapters takes no further passes; to continue texts, load it"
            + " with one adapter: FineTuning.load(directory, adapter)");
  }

  /**
   * The pass with the adapter at work.
   *
   * @return what it gives; valid until an {@link #add} that makes the stacks grow, after which
   *     running it is an error
   * @throws IllegalStateException if the base model is at work and has no head of its own
   */
  @Override
  public ModelOutputs outputs() {
    return lock.shared(
        () -> {
          requireHead(active());
          return adapters.outputs();
        });
  }

  @Override
  public Ops tf() {
    return base.store().tf();
  }

  @Override
  public Session session() {
    return session;
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
  public void close() {
    lock.alone(
        () -> {
          session.close();
          graph.close();
          base.weights().close();
          source.close();
        });
  }
}
