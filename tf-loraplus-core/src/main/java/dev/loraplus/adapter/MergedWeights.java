package dev.loraplus.adapter;

import dev.loraplus.model.ModelWeights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The ops that give the adapted base weights with their adapters in them, and store them. */
final class MergedWeights {
  private final Map<ModelWeights.Entry, Operand<TFloat32>> merged = new LinkedHashMap<>();
  private final List<Op> assignments = new ArrayList<>();
  private final Set<ModelWeights.Entry> changing = new LinkedHashSet<>();

  MergedWeights(Ops tf, LoraAdapters adapters, ModelWeights weights) {
    for (LoraAdapter adapter : adapters.all()) {
      ModelWeights.Entry weight = weights.get(adapter.path() + ".weight");
      merged.put(weight, adapter.merged(tf, adapters.base(adapter)));
      if (adapter.settings().init().changesBaseWeight()) {
        changing.add(weight);
      }
      if (adapter instanceof LoraLinear linear && linear.hasBias()) {
        ModelWeights.Entry bias = weights.get(adapter.path() + ".bias");
        merged.put(bias, linear.mergedBias(tf, bias.variable().value()));
        changing.add(bias);
      }
    }
    merged.forEach((entry, value) -> assignments.add(entry.variable().assigned(tf, value)));
  }

  /** The merged weights by base parameter, in the stored layout. */
  Map<ModelWeights.Entry, Operand<TFloat32>> values() {
    return Collections.unmodifiableMap(merged);
  }

  /** Stores each merged weight in the variable of its base parameter. */
  List<Op> assignments() {
    return Collections.unmodifiableList(assignments);
  }

  /** Those that may not be the checkpoint's: a start may change weights, and biases may train. */
  Set<ModelWeights.Entry> changing() {
    return Collections.unmodifiableSet(changing);
  }
}
