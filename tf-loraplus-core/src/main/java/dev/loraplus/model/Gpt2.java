package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** GPT-2 (Radford et al., 2019) with the head of a task. */
final class Gpt2 extends DecoderNetwork {
  private static final String PREFIX = "transformer";
  private static final String WORDS = PREFIX + ".wte";
  private static final String POSITIONS = PREFIX + ".wpe";
  private static final String NORM = PREFIX + ".ln_f";

  private final Gpt2Config config;

  Gpt2(Gpt2Config config, Task task) {
    super(
        new DecoderHead.Body(
            "gpt2",
            config.hiddenSize(),
            config.vocabularySize(),
            WORDS,
            config.tied(),
            config.padId()),
        task);
    this.config = config;
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    List<ModuleSpec> all = new ArrayList<>();
    all.add(new ModuleSpec.Embedding(WORDS, config.vocabularySize(), hidden));
    all.add(new ModuleSpec.Embedding(POSITIONS, config.maxPositions(), hidden));
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(new Gpt2Layer(config, i).modules());
    }
    all.add(new ModuleSpec.LayerNorm(NORM, hidden, config.layerNormEpsilon()));
    all.addAll(taskHead().modules());
    return all;
  }

  @Override
  public String transformersClass() {
    return languageModel() ? "GPT2LMHeadModel" : "GPT2ForSequenceClassification";
  }

  @Override
  public String basePrefix() {
    return PREFIX;
  }

  @Override
  public Footprint footprint(int length) {
    long hidden = config.hiddenSize();
    long probabilities = (long) config.heads().queries() * length;
    long dropped =
        (config.dropouts().residual() > 0 ? 4 * hidden : 0)
            + (config.dropouts().attention() > 0 ? 2 * probabilities : 0);
    return new Footprint(
        config.layers(),
        config.layers(),
        hidden,
        Footprint.plainLayer(hidden, config.innerSize(), probabilities) + dropped,
        3 * hidden + probabilities,
        headFootprint());
  }

  @Override
  public int maxLength() {
    return config.maxPositions();
  }

  @Override
  Operand<TFloat32> norm(Layers layers, Operand<TFloat32> hidden) {
    return layers.layerNorm(NORM, hidden);
  }

  @Override
  Operand<TFloat32> body(Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
    Ops tf = layers.tf();
    CausalAttention attention =
        new CausalAttention(
            layers,
            grid.shape(),
            config.heads(),
            config.scoreScale(),
            config.dropouts().attention(),
            places.memory());
    Operand<TFloat32> mask = attention.mask(places.mask().bias(OptionalInt.empty()));
    Operand<TFloat32> embedded =
        tf.math.add(layers.embedding(WORDS, ids), layers.embedding(POSITIONS, places.positions()));
    Operand<TFloat32> x =
        layers.dropout(grid.flat(embedded), config.dropouts().embeddings(), PREFIX + ".drop");
    for (int i = 0; i < config.layers(); i++) {
      Gpt2Layer layer = new Gpt2Layer(config, i);
      x = layers.layer(i, config.layers(), x, rows -> layer.forward(layers, attention, mask, rows));
    }
    return x;
  }
}
