package dev.loraplus.adapter;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
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
   * Every base weight and adapter, in one run, and in a second one what follows from the base
   * weights: magnitudes of DoRA and the factors of PiSSA and OLoRA.
   */
  void assignAll(long seed) {
    assign(weights.initialValues(seed, entry -> true, frozen), seed);
    List<Op> baseStart = adapters.baseStart();
    if (!baseStart.isEmpty()) {
      Session.Runner runner = session.runner();
      baseStart.forEach(runner::addTarget);
      Runs.run(runner).close();
    }
  }

  /** What trains; the frozen weights too where the adapters' start changed them. */
  void assignTrained(long seed) {
    if (adapters.baseStart().isEmpty()) {
      assign(weights.initialValues(seed, trained, entry -> false), seed);
    } else {
      assignAll(seed);
    }
  }

  private void assign(Map<ResourceVariable, TFloat32> values, long seed) {
    try {
      adapters.all().forEach(adapter -> values.putAll(adapter.initialValues(seed)));
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }
}
