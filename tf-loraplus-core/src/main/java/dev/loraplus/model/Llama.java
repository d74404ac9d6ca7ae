package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Llama's network, which other families share, with the head of a task. */
final class Llama extends DecoderNetwork {
  private static final String PREFIX = "model";
  private static final String WORDS = PREFIX + ".embed_tokens";
  private static final String NORM = PREFIX + ".norm";

  private final LlamaConfig config;

  Llama(LlamaConfig config, Task task) {
    super(
        new DecoderHead.Body(
            config.family().modelType(),
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
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(new LlamaLayer(config, i).modules());
    }
    all.add(new ModuleSpec.RmsNorm(NORM, hidden, config.normEpsilon()));
    all.addAll(taskHead().modules());
    return all;
  }

  @Override
  public String transformersClass() {
    return config.family().className()
        + (languageModel() ? "ForCausalLM" : "ForSequenceClassification");
  }

  @Override
  public String basePrefix() {
    return PREFIX;
  }

  /**
   * For each token the results of both norms and their inputs; queries and keys before and after
   * their rotation, and values; probabilities; gate, sigmoid, their product and the other factor.
   */
  @Override
  public Footprint footprint(int length) {
    long hidden = config.hiddenSize();
    long queries = (long) config.heads().queries() * config.heads().size();
    long keys = (long) config.heads().keys() * config.heads().size();
    long probabilities = (long) config.heads().queries() * length;
    return new Footprint(
        config.layers(),
        config.layers(),
        hidden,
        4 * hidden
            + 2 * queries
            + 3 * keys
            + 4L * config.innerSize()
            + (config.attentionDropout() > 0 ? 3 : 1) * probabilities,
        queries + 2 * keys + probabilities,
        headFootprint());
  }

  @Override
  public int maxLength() {
    return config.maxPositions();
  }

  @Override
  Operand<TFloat32> norm(Layers layers, Operand<TFloat32> hidden) {
    return layers.rmsNorm(NORM, hidden);
  }

  @Override
  Operand<TFloat32> body(Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
    Ops tf = layers.tf();
    CausalAttention attention =
        new CausalAttention(
            layers,
            grid.shape(),
            config.heads(),
            1 / Math.sqrt(config.heads().size()),
            config.attentionDropout(),
            places.memory());
    RotaryTable rotary =
        new RotaryTable(tf, places.positions(), config.rope().frequencies(config.heads().size()));
    List<Operand<TFloat32>> masks = masks(places.mask(), attention);
    Operand<TFloat32> x = grid.flat(layers.embedding(WORDS, ids));
    for (int i = 0; i < config.layers(); i++) {
      LlamaLayer layer = new LlamaLayer(config, i);
      Operand<TFloat32> mask = masks.get(i);
      x =
          layers.layer(
              i, config.layers(), x, rows -> layer.forward(layers, attention, rotary, mask, rows));
    }
    return x;
  }

  /** The mask of each layer; layers with the same window share it. */
  private List<Operand<TFloat32>> masks(CausalMask mask, CausalAttention attention) {
    Map<OptionalInt, Operand<TFloat32>> made = new HashMap<>();
    return config.windows().stream()
        .map(window -> made.computeIfAbsent(window, w -> attention.mask(mask.bias(w))))
        .toList();
  }
}
