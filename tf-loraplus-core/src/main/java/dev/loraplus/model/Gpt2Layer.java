package dev.loraplus.model;

import dev.loraplus.model.ModuleSpec.Layout;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** One layer of GPT-2: attention and feed-forward part, each after a LayerNorm and then added. */
final class Gpt2Layer implements DecoderLayer {
  private final Gpt2Config config;
  private final String path;

  Gpt2Layer(Gpt2Config config, int index) {
    this.config = config;
    this.path = "transformer.h." + index;
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    int inner = config.innerSize();
    double epsilon = config.layerNormEpsilon();
    return List.of(
        new ModuleSpec.LayerNorm(path + ".ln_1", hidden, epsilon),
        dense(".attn.c_attn", hidden, 3 * hidden),
        dense(".attn.c_proj", hidden, hidden),
        new ModuleSpec.LayerNorm(path + ".ln_2", hidden, epsilon),
        dense(".mlp.c_fc", hidden, inner),
        dense(".mlp.c_proj", inner, hidden));
  }

  private ModuleSpec dense(String name, int in, int out) {
    return new ModuleSpec.Linear(path + name, in, out, true, Layout.IN_OUT);
  }

  @Override
  public long kept(int length) {
    long hidden = config.hiddenSize();
    long probabilities = config.heads().probabilities(length);
    long dropped =
        (config.dropouts().residual() > 0 ? 4 * hidden : 0)
            + (config.attentionDropout() > 0 ? 2 * probabilities : 0);
    return Footprint.plainLayer(hidden, config.innerSize(), probabilities) + dropped;
  }

  /** x of [batch * length, hidden] to the same shape. */
  Operand<TFloat32> forward(
      Layers layers, CausalAttention attention, Operand<TFloat32> mask, Operand<TFloat32> x) {
    Operand<TFloat32> middle =
        layers.residual(attended(layers, attention, mask, layers.layerNorm(path + ".ln_1", x)), x);
    Operand<TFloat32> inner =
        config
            .activation()
            .apply(
                layers.products(),
                layers.linear(path + ".mlp.c_fc", layers.layerNorm(path + ".ln_2", middle)));
    return layers.residual(middle, projected(layers, ".mlp", inner, middle));
  }

  private Operand<TFloat32> attended(
      Layers layers, CausalAttention attention, Operand<TFloat32> mask, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    List<Output<TFloat32>> qkv =
        tf.split(tf.constant(1), layers.linear(path + ".attn.c_attn", x), 3L).output();
    Operand<TFloat32> context =
        attention.apply(
            attention.queries(qkv.get(0)),
            attention.keys(qkv.get(1)),
            attention.keys(qkv.get(2)),
            mask,
            path + ".attn");
    return projected(layers, ".attn", context, x);
  }

  /** Of the shape of what it is added to. */
  private Operand<TFloat32> projected(
      Layers layers, String block, Operand<TFloat32> x, Operand<TFloat32> shaped) {
    String projection = path + block + ".c_proj";
    return layers.dropout(
        layers.linear(projection, x),
        shaped,
        config.dropouts().residual(),
        projection + ".dropout");
  }
}
