package dev.loraplus.adapter;

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
 * <pre>
 * h = W0 x + f s B A x            a plain adapter
 * h = f h_adapted + (1 - f) W0 x  one whose magnitude has no scaling (DoRA)
 * </pre>
 *
 * An f of 1 gives the adapted output and one of 0 the base model's. A plain adapter keeps the ops
 * of {@link LoraLinear}, so that TensorFlow fuses the same ones and both are the same bit for bit.
 *
 * @param adapters what is switched
 * @param factor f, a scalar
 */
record SwitchedAdapters(LoraAdapters adapters, Operand<TFloat32> factor) implements Adaptation {
  @Override
  public Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    if (adapters.find(module) instanceof LoraLinear lora) {
      Operand<TFloat32> dropped = LoraAdapters.dropped(layers, lora, input);
      return lora.apply(layers.tf(), dropped, output, scaling(layers.tf(), lora));
    }
    Operand<TFloat32> adapted = adapters.linear(layers, module, input, output);
    return adapted == output ? output : mixed(layers.tf(), adapted, output);
  }

  @Override
  public Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output) {
    return adapters.find(module) instanceof LoraEmbedding lora
        ? lora.apply(layers.tf(), indices, output, scaling(layers.tf(), lora))
        : output;
  }

  /** f s. */
  private Operand<TFloat32> scaling(Ops tf, LoraAdapter adapter) {
    return tf.math.mul(tf.constant((float) adapter.settings().scaling()), factor);
  }

  private Operand<TFloat32> mixed(Ops tf, Operand<TFloat32> adapted, Operand<TFloat32> base) {
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), factor);
    return tf.math.add(tf.math.mul(factor, adapted), tf.math.mul(rest, base));
  }
}
