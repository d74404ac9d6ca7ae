package dev.loraplus.savedmodel.export;

import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModuleSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Adapters times a factor f that each run gives:
 *
 * <pre>h = f h_adapted + (1 - f) h_base</pre>
 *
 * which is W0 x + f s B A x for a plain adapter, and the adapted or the base output bit for bit for
 * an f of 1 or 0.
 *
 * @param adapters what is switched
 * @param factor f, a scalar
 */
record SwitchedAdapters(Adaptation adapters, Operand<TFloat32> factor) implements Adaptation {
  @Override
  public Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    return mixed(layers.tf(), adapters.linear(layers, module, input, output), output);
  }

  @Override
  public Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output) {
    return mixed(layers.tf(), adapters.embedding(layers, module, indices, output), output);
  }

  private Operand<TFloat32> mixed(Ops tf, Operand<TFloat32> adapted, Operand<TFloat32> base) {
    if (adapted == base) {
      return base;
    }
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), factor);
    return tf.math.add(tf.math.mul(factor, adapted), tf.math.mul(rest, base));
  }
}
