package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The adapters, put into the base weights and taken out again. Taking out puts back what was there,
 * which is exact, as a subtraction would not be: from the checkpoint, or from a copy where the
 * weight is not the checkpoint's (a start may change it, and biases may train).
 */
final class Merging implements AutoCloseable {
  private final ModelWeights weights;
  private final Map<ModelWeights.Entry, Operand<TFloat32>> merged = new LinkedHashMap<>();
  private final List<Op> assignments = new ArrayList<>();
  private final Set<ModelWeights.Entry> copied = new LinkedHashSet<>();
  private @Nullable Result copies;

  Merging(Ops tf, LoraAdapters adapters, ModelWeights weights) {
    this.weights = weights;
    for (LoraAdapter adapter : adapters.all()) {
      ModelWeights.Entry weight = weights.get(adapter.path() + ".weight");
      merged.put(weight, adapter.merged(tf, adapters.base(adapter)));
      if (adapter.settings().init().changesBaseWeight()) {
        copied.add(weight);
      }
      if (adapter instanceof LoraLinear linear && linear.hasBias()) {
        ModelWeights.Entry bias = weights.get(adapter.path() + ".bias");
        merged.put(bias, linear.mergedBias(tf, bias.variable().value()));
        copied.add(bias);
      }
    }
    merged.forEach((entry, value) -> assignments.add(entry.variable().assigned(tf, value)));
  }

  /** The merged weights by base parameter, in the stored layout. */
  Map<ModelWeights.Entry, Operand<TFloat32>> merged() {
    return merged;
  }

  void merge(Session session) {
    if (!copied.isEmpty()) {
      copies = VariableStore.read(session, variables(copied));
    }
    Session.Runner runner = session.runner();
    assignments.forEach(runner::addTarget);
    runner.run().close();
  }

  void unmerge(Session session, long seed) {
    Map<ResourceVariable, TFloat32> originals = new LinkedHashMap<>();
    try {
      for (ModelWeights.Entry entry : merged.keySet()) {
        if (!copied.contains(entry)) {
          originals.put(entry.variable(), weights.initialValue(entry, seed));
        }
      }
      Result kept = copies;
      if (kept != null) {
        int i = 0;
        for (ResourceVariable variable : variables(copied)) {
          originals.put(variable, (TFloat32) kept.get(i++));
        }
      }
      VariableStore.assign(session, originals);
    } finally {
      originals.values().forEach(TFloat32::close);
      close();
    }
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
