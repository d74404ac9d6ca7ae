package dev.loraplus.adapter;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * W = W0 + s B A, put into the base weights and taken out again. Taking out reads W0 from the
 * checkpoint, so it is exact, which a subtraction would not be.
 */
final class Merging {
  private final ModelWeights weights;
  private final Map<ModelWeights.Entry, Operand<TFloat32>> merged = new LinkedHashMap<>();
  private final Map<ModelWeights.Entry, Op> assignments = new LinkedHashMap<>();

  Merging(Ops tf, LoraAdapters adapters, ModelWeights weights) {
    this.weights = weights;
    for (LoraAdapter adapter : adapters.all()) {
      ModelWeights.Entry weight = weights.get(adapter.path() + ".weight");
      Operand<TFloat32> sum =
          tf.math.add(weight.variable().value(), delta(tf, adapter, weight.inputsFirst()));
      merged.put(weight, sum);
      assignments.put(weight, tf.assignVariableOp(weight.variable().handle(), sum));
    }
  }

  /** The merged weights by base parameter, in the stored layout. */
  Map<ModelWeights.Entry, Operand<TFloat32>> merged() {
    return merged;
  }

  void merge(Session session) {
    Session.Runner runner = session.runner();
    assignments.values().forEach(runner::addTarget);
    runner.run().close();
  }

  void unmerge(Session session, long seed) {
    Map<ResourceVariable, TFloat32> originals = new LinkedHashMap<>();
    try {
      merged
          .keySet()
          .forEach(entry -> originals.put(entry.variable(), weights.initialValue(entry, seed)));
      VariableStore.assign(session, originals);
    } finally {
      originals.values().forEach(TFloat32::close);
    }
  }

  /** s B A in the layout of the weight: [out, in], or its transpose A^T B^T. */
  private static Operand<TFloat32> delta(Ops tf, LoraAdapter adapter, boolean inputsFirst) {
    Operand<TFloat32> a = adapter.a().value();
    Operand<TFloat32> b = adapter.b().value();
    // An embedding table is [count, dim]: the transpose of B A, which is [dim, count].
    boolean flip = adapter instanceof LoraEmbedding ? !inputsFirst : inputsFirst;
    Operand<TFloat32> product =
        flip
            ? tf.linalg.matMul(a, b, MatMul.transposeA(true), MatMul.transposeB(true))
            : tf.linalg.matMul(b, a);
    return tf.math.mul(product, tf.constant((float) adapter.settings().scaling()));
  }
}
