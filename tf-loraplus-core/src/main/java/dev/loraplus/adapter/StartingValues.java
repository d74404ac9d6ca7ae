package dev.loraplus.adapter;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * Gives the variables of a model with adapters their starting values. What never changes may be the
 * checkpoint's own pages; what trains is always a copy.
 */
final class StartingValues {
  /** Bytes of float32 from which on a part is large enough; each costs a pass over the graph. */
  private static final long PART = 1 << 27;

  private final Session session;
  private final ModelWeights weights;
  private final LoraAdapters adapters;
  private final Predicate<ModelWeights.Entry> frozen;
  private final Predicate<ModelWeights.Entry> trained;

  StartingValues(
      Session session, ModelWeights weights, LoraAdapters adapters, ComputeConfig compute) {
    this.session = session;
    this.weights = weights;
    this.adapters = adapters;
    Set<String> names =
        adapters.parameters(weights).stream()
            .map(TrainableParameter::name)
            .collect(Collectors.toUnmodifiableSet());
    this.trained = entry -> names.contains(entry.variable().name());
    // A program that XLA compiled as a whole decides by itself where its variables lie.
    boolean inPlace = compute.compilation() != Compilation.FULL;
    this.frozen = entry -> inPlace && !trained.test(entry);
  }

  /**
   * Every base weight and adapter, and in a run of its own what follows from the base weights:
   * magnitudes of DoRA and the factors of PiSSA and OLoRA.
   */
  void assignAll(long seed) {
    assignWithAdapters(
        weights.initialValues(seed, entry -> !entry.variable().isNarrow(), frozen), seed);
    for (Set<ModelWeights.Entry> part : narrowParts(weights.all(), PART)) {
      assign(weights.initialValues(seed, part::contains, entry -> false));
    }
    List<Op> baseStart = adapters.baseStart();
    if (!baseStart.isEmpty()) {
      Session.Runner runner = session.runner();
      baseStart.forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }

  /**
   * The variables that keep their values rounded, a part at a time: read all at once, those in
   * float32 would be the most memory that a process takes before its first step, and after it.
   */
  static List<Set<ModelWeights.Entry>> narrowParts(
      Iterable<ModelWeights.Entry> entries, long enough) {
    List<Set<ModelWeights.Entry>> parts = new ArrayList<>();
    long bytes = enough;
    for (ModelWeights.Entry entry : entries) {
      if (entry.variable().isNarrow()) {
        if (bytes >= enough) {
          parts.add(new HashSet<>());
          bytes = 0;
        }
        parts.get(parts.size() - 1).add(entry);
        bytes += Float.BYTES * entry.variable().shape().size();
      }
    }
    return parts;
  }

  /** What trains; the frozen weights too where the adapters' start changed them. */
  void assignTrained(long seed) {
    if (adapters.baseStart().isEmpty()) {
      assignWithAdapters(weights.initialValues(seed, trained, entry -> false), seed);
    } else {
      assignAll(seed);
    }
  }

  private void assignWithAdapters(Map<ResourceVariable, TFloat32> values, long seed) {
    try {
      adapters.all().forEach(adapter -> values.putAll(adapter.initialValues(seed)));
    } catch (RuntimeException | Error e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
    assign(values);
  }

  private void assign(Map<ResourceVariable, TFloat32> values) {
    try {
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }
}
