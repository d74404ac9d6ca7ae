package dev.loraplus.model;

import dev.loraplus.model.EncoderFamily.LayerPaths;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** One encoder layer: self-attention and feed-forward part, each with residual and LayerNorm. */
final class EncoderLayer {
  private final EncoderConfig config;
  private final LayerPaths paths;

  EncoderLayer(EncoderConfig config, LayerPaths paths) {
    this.config = config;
    this.paths = paths;
  }

  List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    double epsilon = config.layerNormEpsilon();
    return List.of(
        new ModuleSpec.Linear(paths.query(), hidden, hidden, true),
        new ModuleSpec.Linear(paths.key(), hidden, hidden, true),
        new ModuleSpec.Linear(paths.value(), hidden, hidden, true),
        new ModuleSpec.Linear(paths.attended(), hidden, hidden, true),
        new ModuleSpec.LayerNorm(paths.attendedNorm(), hidden, epsilon),
        new ModuleSpec.Linear(paths.inner(), hidden, inner, true),
        new ModuleSpec.Linear(paths.outer(), inner, hidden, true),
        new ModuleSpec.LayerNorm(paths.outerNorm(), hidden, epsilon));
  }

  /** Numbers kept for each token, masks and results of dropout among them. */
  long kept(int length) {
    long hidden = config.hiddenSize();
    long probabilities = (long) config.heads() * length;
    long dropped =
        (config.attendedDropout() > 0 ? 2 * hidden : 0)
            + (config.hiddenDropout() > 0 ? 2 * hidden : 0)
            + (config.attentionDropout() > 0 ? 2 * probabilities : 0);
    return Footprint.plainLayer(hidden, config.intermediateSize(), probabilities) + dropped;
  }

  /** Of these, what attention in one kernel does not keep. */
  long spared(int length) {
    return Footprint.spared(
        (long) config.heads() * length,
        config.hiddenSize() / config.heads(),
        config.attentionDropout());
  }

  /**
   * The layer's output for some tokens, before its last LayerNorm.
   *
   * @param attentionBias added to the scores of each key, [batch, 1, 1 or queries, length]
   * @param x tokens whose output is wanted
   * @param keys all tokens, which they attend to
   * @return the sum that {@link #outputNorm} reads, of the shape of x
   */
  Operand<TFloat32> sum(Layers layers, Operand<TFloat32> attentionBias, Tokens x, Tokens keys) {
    Operand<TFloat32> context = attention(layers, attentionBias, x, keys);
    Operand<TFloat32> attended =
        dense(layers, paths.attended(), context, config.attendedDropout(), x.rows());
    Operand<TFloat32> middle =
        layers.layerNorm(paths.attendedNorm(), layers.residual(attended, x.rows()));
    Operand<TFloat32> inner =
        Activation.named(config.activation())
            .apply(layers.products(), layers.linear(paths.inner(), middle));
    return layers.residual(
        dense(layers, paths.outer(), inner, config.hiddenDropout(), middle), middle);
  }

  /** The layer's output. */
  Operand<TFloat32> outputNorm(Layers layers, Operand<TFloat32> sum) {
    return layers.layerNorm(paths.outerNorm(), sum);
  }

  /** softmax(Q K^T / sqrt(d) + bias) V for every head (Vaswani et al., arXiv 1706.03762). */
  private Operand<TFloat32> attention(
      Layers layers, Operand<TFloat32> bias, Tokens x, Tokens keys) {
    Products products = layers.products();
    List<Operand<TFloat32>> projected = projected(layers, x, keys);
    Attention attention =
        new Attention(
            layers,
            1 / Math.sqrt((double) config.hiddenSize() / config.heads()),
            config.attentionDropout());
    // Rounded before their axes change places, which then moves half as much.
    Operand<? extends TNumber> query = x.heads().split(attention.query(projected.get(0)));
    Operand<? extends TNumber> key = keys.heads().split(products.factor(projected.get(1)));
    Operand<? extends TNumber> value = keys.heads().split(products.factor(projected.get(2)));
    String site = paths.attention() + ".dropout";
    return products.wide(x.heads().join(attention.apply(query, key, value, bias, site)));
  }

  /** Queries, keys and values. */
  private List<Operand<TFloat32>> projected(Layers layers, Tokens x, Tokens keys) {
    if (x.rows() == keys.rows()) {
      return layers.linears(x.rows(), paths.query(), paths.key(), paths.value());
    }
    List<Operand<TFloat32>> all = new ArrayList<>();
    all.add(layers.linear(paths.query(), x.rows()));
    all.addAll(layers.linears(keys.rows(), paths.key(), paths.value()));
    return all;
  }

  /** dropout(dense(y)), of the shape of what it is added to. */
  private static Operand<TFloat32> dense(
      Layers layers, String path, Operand<TFloat32> y, double dropout, Operand<TFloat32> shaped) {
    return layers.dropout(layers.linear(path, y), shaped, dropout, path + ".dropout");
  }
}
