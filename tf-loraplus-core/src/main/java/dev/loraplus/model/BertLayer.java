package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/** One encoder layer: self-attention and feed-forward part, each with residual and LayerNorm. */
final class BertLayer {
  private final BertConfig config;
  private final String path;
  private final String self;

  BertLayer(BertConfig config, int index) {
    this.config = config;
    this.path = "bert.encoder.layer." + index;
    this.self = path + ".attention.self";
  }

  List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    double epsilon = config.layerNormEpsilon();
    return List.of(
        Bert.dense(self + ".query", hidden, hidden),
        Bert.dense(self + ".key", hidden, hidden),
        Bert.dense(self + ".value", hidden, hidden),
        Bert.dense(path + ".attention.output.dense", hidden, hidden),
        new ModuleSpec.LayerNorm(path + ".attention.output.LayerNorm", hidden, epsilon),
        Bert.dense(path + ".intermediate.dense", hidden, inner),
        Bert.dense(path + ".output.dense", inner, hidden),
        new ModuleSpec.LayerNorm(path + ".output.LayerNorm", hidden, epsilon));
  }

  /** x of [batch * length, hidden] to the same shape. */
  Operand<TFloat32> forward(
      Layers layers, TokenGrid grid, Operand<TFloat32> attentionBias, Operand<TFloat32> x) {
    Operand<TFloat32> context = attention(layers, grid, attentionBias, x);
    Operand<TFloat32> attended = residual(layers, path + ".attention.output", context, x);
    Operand<TFloat32> inner =
        Activation.named(config.activation())
            .apply(layers.tf(), layers.linear(path + ".intermediate.dense", attended));
    return residual(layers, path + ".output", inner, attended);
  }

  /** softmax(Q K^T / sqrt(d) + bias) V for every head (Vaswani et al., arXiv 1706.03762). */
  private Operand<TFloat32> attention(
      Layers layers, TokenGrid grid, Operand<TFloat32> bias, Operand<TFloat32> x) {
    Ops tf = layers.tf();
    float scale = (float) (1 / Math.sqrt((double) config.hiddenSize() / config.heads()));
    Operand<TFloat32> query = tf.math.mul(layers.linear(self + ".query", x), tf.constant(scale));
    Operand<TFloat32> key = layers.linear(self + ".key", x);
    Operand<TFloat32> value = layers.linear(self + ".value", x);
    Operand<TFloat32> scores =
        tf.train.batchMatMul(
            grid.split(query), grid.split(key), TFloat32.class, BatchMatMul.adjY(true));
    Operand<TFloat32> probabilities =
        layers.dropout(
            tf.nn.softmax(tf.math.add(scores, bias)), config.attentionDropout(), self + ".dropout");
    return grid.join(tf.train.batchMatMul(probabilities, grid.split(value), TFloat32.class));
  }

  /** LayerNorm(x + dropout(dense(y))). */
  private Operand<TFloat32> residual(
      Layers layers, String block, Operand<TFloat32> y, Operand<TFloat32> x) {
    Operand<TFloat32> dense =
        layers.dropout(
            layers.linear(block + ".dense", y), config.hiddenDropout(), block + ".dropout");
    return layers.layerNorm(block + ".LayerNorm", layers.tf().math.add(dense, x));
  }
}
