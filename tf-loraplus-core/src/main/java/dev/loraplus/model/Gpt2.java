package dev.loraplus.model;

import dev.loraplus.config.Task;
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
    super(config, WORDS, task);
    this.config = config;
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
  List<ModuleSpec> positionTable() {
    return List.of(new ModuleSpec.Embedding(POSITIONS, config.maxPositions(), config.hiddenSize()));
  }

  @Override
  Gpt2Layer layer(int index) {
    return new Gpt2Layer(config, index);
  }

  @Override
  ModuleSpec lastNorm() {
    return new ModuleSpec.LayerNorm(NORM, config.hiddenSize(), config.layerNormEpsilon());
  }

  @Override
  Operand<TFloat32> normalize(Layers layers, Operand<TFloat32> hidden) {
    return layers.layerNorm(NORM, hidden);
  }

  /** word[id] + position, then dropout. */
  @Override
  Operand<TFloat32> embed(Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
    Ops tf = layers.tf();
    Operand<TFloat32> embedded =
        tf.math.add(layers.embedding(WORDS, ids), layers.embedding(POSITIONS, places.positions()));
    return layers.dropout(grid.flat(embedded), config.dropouts().embeddings(), PREFIX + ".drop");
  }

  @Override
  DecoderLayer.Stack stack(Layers layers, CausalAttention attention, TextPlaces places) {
    Operand<TFloat32> mask = attention.mask(places.mask(), OptionalInt.empty());
    return (index, x) -> layer(index).forward(layers, attention, mask, x);
  }
}
