package dev.loraplus.adapter;

import dev.loraplus.graph.Runs;
import dev.loraplus.model.ModelWeights;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The frozen weights beside adapters that start from a factorization of them, PiSSA and OLoRA: W =
 * W0 - s B A. Loading a stored adapter leaves there what the factorization computed here leaves,
 * since the stored A and B may have moved.
 *
 * <p>Two programs' factorizations differ by the precision of float32 over the gap between singular
 * values, which is far more than other operations do.
 */
public final class FactoredStart {
  /** What is further from our factorization than this has moved since its start. */
  private static final float SAME_START = 1e-2f;

  private FactoredStart() {}

  /**
   * Takes the A and B that a model has for those of its start, as another program computed it: W =
   * W0 - s B A. An adapter for which |s B A - (s B A of the start here)| / |s B A of the start
   * here| is 1e-2 or more in Frobenius norms has moved since its start and keeps the weight that it
   * has.
   *
   * @param model a model with a loaded adapter, not trained since, not merged
   */
  public static void adopt(AdaptedModel model) {
    Ops tf = model.tf().withSubScope("adopt");
    Session.Runner runner = model.session().runner();
    List<TFloat32> originals = new ArrayList<>();
    try {
      for (LoraAdapter adapter : model.adapters().all()) {
        if (adapter.settings().init().changesBaseWeight()) {
          ModelWeights.Entry entry = model.weights().get(adapter.path() + ".weight");
          Placeholder<TFloat32> original = tf.placeholder(TFloat32.class);
          TFloat32 value = model.weights().initialValue(entry, 0);
          originals.add(value);
          runner.feed(original, value);
          runner.addTarget(adopted(tf, model.adapters().base(adapter), adapter, original));
        }
      }
      if (!originals.isEmpty()) {
        Runs.run(runner).close();
      }
    } finally {
      originals.forEach(TFloat32::close);
    }
  }

  private static Op adopted(
      Ops tf, BaseWeight base, LoraAdapter adapter, Operand<TFloat32> original) {
    Operand<TFloat32> current = base.variable().value();
    Operand<TFloat32> ours = tf.math.sub(original, current);
    Operand<TFloat32> theirs =
        tf.math.mul(
            base.layout().lowRank(tf, adapter.a().value(), adapter.b().value()),
            tf.constant((float) adapter.settings().scaling()));
    Operand<TFloat32> distance = tf.math.div(norm(tf, tf.math.sub(theirs, ours)), norm(tf, ours));
    Operand<TFloat32> weight =
        tf.select(
            tf.math.less(distance, tf.constant(SAME_START)),
            tf.math.sub(original, theirs),
            current);
    return base.variable().assigned(tf, weight);
  }

  private static Operand<TFloat32> norm(Ops tf, Operand<TFloat32> matrix) {
    return tf.math.sqrt(tf.reduceSum(tf.math.square(matrix), tf.constant(new int[] {0, 1})));
  }
}
