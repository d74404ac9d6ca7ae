package dev.loraplus.model;

import dev.loraplus.config.Task;
import dev.loraplus.model.CausalAttention.Heads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What decoders share whatever their layers: embeddings, equal layers that attend to earlier
 * tokens, a last norm, and a head on them, for a whole text or for the next token.
 */
abstract class DecoderNetwork implements Decoder {
  private final DecoderConfig config;
  private final String words;
  private final DecoderHead head;

  /**
   * A decoder with the head of a task.
   *
   * @param words path of the word table
   */
  DecoderNetwork(DecoderConfig config, String words, Task task) {
    this.config = config;
    this.words = words;
    this.head = DecoderHead.of(config, words, task);
  }

  /** The table of positions, of a decoder that has one. */
  abstract List<ModuleSpec> positionTable();

  abstract DecoderLayer layer(int index);

  /** The last norm. */
  abstract ModuleSpec lastNorm();

  /** What the first layer reads, [batch * length, hidden]. */
  abstract Operand<TFloat32> embed(
      Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places);

  /** The layers, with what they share in one pass. */
  abstract DecoderLayer.Stack stack(Layers layers, CausalAttention attention, TextPlaces places);

  /** The last norm, of features of any number of tokens. */
  abstract Operand<TFloat32> normalize(Layers layers, Operand<TFloat32> hidden);

  @Override
  public List<ModuleSpec> modules() {
    List<ModuleSpec> all = new ArrayList<>();
    all.add(new ModuleSpec.Embedding(words, config.vocabularySize(), config.hiddenSize()));
    all.addAll(positionTable());
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(layer(i).modules());
    }
    all.add(lastNorm());
    all.addAll(head.modules());
    return all;
  }

  @Override
  public Set<String> head() {
    return head.paths();
  }

  @Override
  public Set<String> outputs() {
    return head.outputs();
  }

  @Override
  public Optional<String> tiedTable() {
    return head.languageModel() && config.tied() ? Optional.of(words) : Optional.empty();
  }

  @Override
  public Footprint footprint(int length) {
    Heads heads = config.heads();
    return new Footprint(
        config.layers(),
        config.layers(),
        config.hiddenSize(),
        layer(0).kept(length),
        heads.queryFeatures() + 2L * heads.keyFeatures(),
        heads.probabilities(length),
        0,
        Footprint.spared(heads.probabilities(length), heads.size(), config.attentionDropout()),
        head.languageModel() ? Footprint.words(config.vocabularySize()) : 0);
  }

  @Override
  public int maxLength() {
    return config.maxPositions();
  }

  @Override
  public int vocabularySize() {
    return config.vocabularySize();
  }

  @Override
  public boolean languageModel() {
    return head.languageModel();
  }

  @Override
  public ModelOutputs forward(Layers layers, ModelInputs inputs) {
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), config.hiddenSize());
    TextLayout layout = TextLayout.of(inputs, grid);
    TextPlaces places = TextPlaces.whole(layout, grid);
    Operand<TFloat32> hidden = normalize(layers, body(layers, inputs.ids(), grid, places));
    return new ModelOutputs(
        grid.batched(hidden), head.logits(layers, inputs, layout, grid, hidden));
  }

  @Override
  public Operand<TFloat32> next(Layers layers, DecoderInputs inputs, KeyValueMemory memory) {
    DecoderHead.LanguageModel model = head.requireLanguageModel();
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), config.hiddenSize());
    TextPlaces places = TextPlaces.continued(layers.tf(), inputs, grid, memory);
    Operand<TFloat32> last = grid.last(body(layers, inputs.ids(), grid, places));
    return model.scores(layers, normalize(layers, last));
  }

  /** Everything up to the last norm, [batch * length, hidden]. */
  private Operand<TFloat32> body(
      Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
    CausalAttention attention = new CausalAttention(layers, grid.shape(), config, places.memory());
    DecoderLayer.Stack stack = stack(layers, attention, places);
    Operand<TFloat32> x = embed(layers, ids, grid, places);
    for (int i = 0; i < config.layers(); i++) {
      int index = i;
      x = layers.layer(i, config.layers(), x, rows -> stack.apply(index, rows));
    }
    return x;
  }
}
