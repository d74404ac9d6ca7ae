package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Llama's network, which other families share, with the head of a task. */
final class Llama implements Decoder {
  private static final String PREFIX = "model";
  private static final String WORDS = PREFIX + ".embed_tokens";
  private static final String NORM = PREFIX + ".norm";

  private final LlamaConfig config;
  private final DecoderHead head;

  Llama(LlamaConfig config, Task task) {
    this.config = config;
    this.head =
        DecoderHead.of(
            new DecoderHead.Body(
                config.family().modelType(),
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
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(new LlamaLayer(config, i).modules());
    }
    all.add(new ModuleSpec.RmsNorm(NORM, hidden, config.normEpsilon()));
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
    return config.family().className()
        + (head.languageModel() ? "ForCausalLM" : "ForSequenceClassification");
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
    Operand<TFloat32> hidden = layers.rmsNorm(NORM, body(layers, inputs.ids(), grid, places));
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
    return model.words(layers, layers.rmsNorm(NORM, last));
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
            1 / Math.sqrt(config.heads().size()),
            config.attentionDropout(),
            places.memory());
    RotaryTable rotary =
        new RotaryTable(tf, places.positions(), config.rope().frequencies(config.heads().size()));
    List<Operand<TFloat32>> masks = masks(places.mask(), attention);
    Operand<TFloat32> x = grid.flat(layers.embedding(WORDS, ids));
    for (int i = 0; i < config.layers(); i++) {
      x = new LlamaLayer(config, i).forward(layers, attention, rotary, masks.get(i), x);
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
