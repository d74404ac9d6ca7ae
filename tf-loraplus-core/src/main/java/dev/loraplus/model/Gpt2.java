package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** GPT-2 (Radford et al., 2019) with the head of a task. */
final class Gpt2 implements Decoder {
  private static final String PREFIX = "transformer";
  private static final String WORDS = PREFIX + ".wte";
  private static final String POSITIONS = PREFIX + ".wpe";
  private static final String NORM = PREFIX + ".ln_f";

  private final Gpt2Config config;
  private final DecoderHead head;

  Gpt2(Gpt2Config config, Task task) {
    this.config = config;
    this.head =
        DecoderHead.of(
            new DecoderHead.Body(
                "gpt2",
                config.hiddenSize(),
                config.vocabularySize(),
                WORDS,
                config.tied(),
                config.padId()),
            task);
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
    return head.languageModel() && config.tied() ? Optional.of(WORDS) : Optional.empty();
  }

  @Override
  public String transformersClass() {
    return head.languageModel() ? "GPT2LMHeadModel" : "GPT2ForSequenceClassification";
  }

  @Override
  public String basePrefix() {
    return PREFIX;
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
  public ModelOutputs forward(Layers layers, ModelInputs inputs) {
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), config.hiddenSize());
    TextPlaces places = TextPlaces.whole(layers.tf(), inputs.mask(), grid);
    Operand<TFloat32> hidden = layers.layerNorm(NORM, body(layers, inputs.ids(), grid, places));
    return new ModelOutputs(grid.batched(hidden), head.logits(layers, inputs, grid, hidden));
  }

  @Override
  public boolean languageModel() {
    return head.languageModel();
  }

  @Override
  public Operand<TFloat32> next(Layers layers, DecoderInputs inputs, KeyValueMemory memory) {
    DecoderHead.LanguageModel model = head.requireLanguageModel();
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), config.hiddenSize());
    TextPlaces places = TextPlaces.continued(layers.tf(), inputs, grid, memory);
    Operand<TFloat32> last = grid.last(body(layers, inputs.ids(), grid, places));
    return model.words(layers, layers.layerNorm(NORM, last));
  }

  /** Everything up to the last norm, [batch * length, hidden]. */
  private Operand<TFloat32> body(
      Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places) {
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
      x = new Gpt2Layer(config, i).forward(layers, attention, mask, x);
    }
    return x;
  }
}
