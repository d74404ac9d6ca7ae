package dev.loraplus.model;

import dev.loraplus.model.CausalAttention.Heads;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** One layer of a Llama: attention and SwiGLU, each after an RMSNorm and then added. */
final class LlamaLayer implements DecoderLayer {
  private final LlamaConfig config;
  private final String path;
  private final String attention;
  private final String mlp;

  LlamaLayer(LlamaConfig config, int index) {
    this.config = config;
    this.path = "model.layers." + index;
    this.attention = path + ".self_attn";
    this.mlp = path + ".mlp";
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    int inner = config.innerSize();
    Heads heads = config.heads();
    int queries = heads.queryFeatures();
    int keys = heads.keyFeatures();
    LlamaFamily.Biases biases = config.biases();
    return List.of(
        norm(".input_layernorm"),
        new ModuleSpec.Linear(attention + ".q_proj", hidden, queries, biases.inputs()),
        new ModuleSpec.Linear(attention + ".k_proj", hidden, keys, biases.inputs()),
        new ModuleSpec.Linear(attention + ".v_proj", hidden, keys, biases.inputs()),
        new ModuleSpec.Linear(attention + ".o_proj", queries, hidden, biases.output()),
        norm(".post_attention_layernorm"),
        new ModuleSpec.Linear(mlp + ".gate_proj", hidden, inner, biases.feedForward()),
        new ModuleSpec.Linear(mlp + ".up_proj", hidden, inner, biases.feedForward()),
        new ModuleSpec.Linear(mlp + ".down_proj", inner, hidden, biases.feedForward()));
  }

  private ModuleSpec norm(String name) {
    return new ModuleSpec.RmsNorm(path + name, config.hiddenSize(), config.normEpsilon());
  }

  /**
   * The results of both norms and their inputs; queries and keys before and after their rotation,
   * and values; probabilities; gate, sigmoid, their product and the other factor.
   */
  @Override
  public long kept(int length) {
    Heads heads = config.heads();
    return 4L * config.hiddenSize()
        + 2L * heads.queryFeatures()
        + 3L * heads.keyFeatures()
        + 4L * config.innerSize()
        + (config.attentionDropout() > 0 ? 3 : 1) * heads.probabilities(length);
  }

  /** x of [batch * length, hidden] to the same shape. */
  Operand<TFloat32> forward(
      Layers layers,
      CausalAttention heads,
      RotaryTable rotary,
      Operand<TFloat32> mask,
      Operand<TFloat32> x) {
    Operand<TFloat32> normal = layers.rmsNorm(path + ".input_layernorm", x);
    List<Operand<TFloat32>> qkv =
        layers.linears(normal, attention + ".q_proj", attention + ".k_proj", attention + ".v_proj");
    Operand<TFloat32> context =
        heads.apply(
            rotary.rotate(heads.queries(qkv.get(0))),
            rotary.rotate(heads.keys(qkv.get(1))),
            heads.keys(qkv.get(2)),
            mask,
            attention);
    Operand<TFloat32> middle = layers.residual(x, layers.linear(attention + ".o_proj", context));
    return layers.residual(
        middle, swiGlu(layers, layers.rmsNorm(path + ".post_attention_layernorm", middle)));
  }

  /** W_down (act(W_gate x) * W_up x) (Shazeer, arXiv 2002.05202). */
  private Operand<TFloat32> swiGlu(Layers layers, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    List<Operand<TFloat32>> read = layers.linears(x, mlp + ".gate_proj", mlp + ".up_proj");
    Operand<TFloat32> gate = config.activation().apply(layers.products(), read.get(0));
    Operand<TFloat32> inner = tf.math.mul(gate, read.get(1));
    return layers.linear(mlp + ".down_proj", inner);
  }
}
