package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Llama's network, which other families share, with the head of a task. */
final class Llama extends DecoderNetwork {
  private static final String PREFIX = "model";
  private static final String WORDS = PREFIX + ".embed_tokens";
  private static final String NORM = PREFIX + ".norm";

  private final LlamaConfig config;

  Llama(LlamaConfig config, Task task) {
    super(config, WORDS, task);
    this.config = config;
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

  /** Queries and keys are rotated instead. */
  @Override
  List<ModuleSpec> positionTable() {
    return List.of();
  }

  @Override
  LlamaLayer layer(int index) {
    return new LlamaLayer(config, index);
  }

  @Override
  ModuleSpec lastNorm() {
    return new ModuleSpec.RmsNorm(NORM, config.hiddenSize(), config.normEpsilon());
  }

  @Override
  Operand<TFloat32> normalize(Layers layers, Operand<TFloat32> hidden) {
    return layers.rmsNorm(NORM, hidden);
  }

  @Override
  Operand<TFloat32> embed(Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
    return grid.flat(layers.embedding(WORDS, ids));
  }

  @Override
  DecoderLayer.Stack stack(Layers layers, CausalAttention attention, TextPlaces places) {
    float[] frequencies = config.rope().frequencies(config.heads().size());
    RotaryTable rotary = new RotaryTable(layers.tf(), places.positions(), frequencies);
    List<Operand<TFloat32>> masks = masks(places.mask(), attention);
    return (index, x) -> layer(index).forward(layers, attention, rotary, masks.get(index), x);
  }

  /** The mask of each layer; layers with the same window share it. */
  private List<Operand<TFloat32>> masks(CausalMask mask, CausalAttention attention) {
    Map<OptionalInt, Operand<TFloat32>> made = new HashMap<>();
    return config.windows().stream()
        .map(window -> made.computeIfAbsent(window, w -> attention.mask(mask, w)))
        .toList();
  }
}
