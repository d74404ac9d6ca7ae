package dev.loraplus.adapter;

import com.google.common.base.Suppliers;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModelWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The adapters of a model, put into the base weights and taken out again. Taking out puts back what
 * was there, which is exact, as a subtraction would not be: from the checkpoint, or from a copy
 * where the weight is not the checkpoint's.
 */
final class Merging implements AutoCloseable {
  private final Session session;
  private final ModelWeights weights;
  private final Optional<String> tiedAdapter;
  // Most models are never merged, and their graphs need no ops for it.
  private final Supplier<MergedWeights> ops;
  private @Nullable Result copies;
  private boolean merged;

  Merging(
      Session session,
      Ops tf,
      Architecture architecture,
      LoraAdapters adapters,
      ModelWeights weights) {
    this.session = session;
    this.weights = weights;
    this.tiedAdapter =
        architecture
            .tiedTable()
            .filter(table -> adapters.all().stream().anyMatch(a -> a.path().equals(table)));
    this.ops =
        Suppliers.memoize(() -> new MergedWeights(tf.withSubScope("merge"), adapters, weights));
  }

  boolean isMerged() {
    return merged;
  }

  /** The merged weights by base parameter, in the stored layout. */
  Map<ModelWeights.Entry, Operand<TFloat32>> values() {
    requireApart();
    return ops.get().values();
  }

  /**
   * Refuses an adapter on an embedding whose table also gives the logits. In the table, its update
   * would reach the logits too, which the network with its adapter keeps free of it.
   */
  void requirePossible() {
    tiedAdapter.ifPresent(
        path -> {
          throw new IllegalStateException(
              path
                  + ": cannot be merged, its table also gives the logits, which do not pass"
                  + " through the adapter; use the model with its adapter");
        });
  }

  /** Refuses what needs the adapters apart. */
  void requireApart() {
    if (merged) {
      throw new IllegalStateException("the adapters are merged: call unmerge() first");
    }
  }

  void merge() {
    requireApart();
    requirePossible();
    Set<ModelWeights.Entry> copied = ops.get().changing();
    if (!copied.isEmpty()) {
      copies = VariableStore.read(session, variables(copied));
    }
    Session.Runner runner = session.runner();
    ops.get().assignments().forEach(runner::addTarget);
    Runs.run(runner).close();
    merged = true;
  }

  /** The seed is that of the run, for base parameters that the checkpoint lacks. */
  void unmerge(long seed) {
    if (!merged) {
      throw new IllegalStateException("the adapters are not merged");
    }
    Set<ModelWeights.Entry> copied = ops.get().changing();
    Map<ResourceVariable, TFloat32> read = new LinkedHashMap<>();
    try {
      for (ModelWeights.Entry entry : ops.get().values().keySet()) {
        if (!copied.contains(entry)) {
          read.put(entry.variable(), weights.initialValue(entry, seed));
        }
      }
      Map<ResourceVariable, TFloat32> originals = new LinkedHashMap<>(read);
      Result kept = copies;
      if (kept != null) {
        int i = 0;
        for (ResourceVariable variable : variables(copied)) {
          originals.put(variable, (TFloat32) kept.get(i++));
        }
      }
      VariableStore.assign(session, originals);
    } finally {
      read.values().forEach(TFloat32::close);
    }
    // Not before all is back: a failure leaves the copies for another try.
    close();
    merged = false;
  }

  @Override
  public void close() {
    Result kept = copies;
    if (kept != null) {
      kept.close();
      copies = null;
    }
  }

  private static List<ResourceVariable> variables(Set<ModelWeights.Entry> entries) {
    return entries.stream().map(ModelWeights.Entry::variable).toList();
  }
}
