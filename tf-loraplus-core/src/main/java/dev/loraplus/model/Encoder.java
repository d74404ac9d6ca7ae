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

/**
 * An encoder that normalises after each residual, as BERT does, with the head of a task. Token
 * vectors are kept as [batch * length, features] between attention layers, so that every dense
 * layer is one matrix product.
 */
final class Encoder implements Architecture {
  private final EncoderFamily family;
  private final EncoderConfig config;
  private final OptionalInt positionPad;
  private final EncoderHead head;
  private final String norm;

  private Encoder(
      EncoderFamily family, EncoderConfig config, OptionalInt positionPad, EncoderHead head) {
    this.family = family;
    this.config = config;
    this.positionPad = positionPad;
    this.head = head;
    this.norm = family.embeddings() + ".LayerNorm";
  }

  static Encoder read(EncoderFamily family, JsonConfig json, Task task) {
    EncoderConfig config =
        family == EncoderFamily.DISTILBERT
            ? EncoderConfig.distilBert(json)
            : EncoderConfig.bert(json);
    EncoderHead head = EncoderHead.of(family, config, task);
    if (head instanceof EncoderLanguageModel) {
      json.requireFlag("tie_word_embeddings", true);
    }
    OptionalInt positionPad = OptionalInt.empty();
    if (family == EncoderFamily.ROBERTA) {
      positionPad = OptionalInt.of(json.tokenId("pad_token_id", config.vocabularySize()).orElse(1));
      if (positionPad.getAsInt() + 1 >= config.maxPositions()) {
        throw json.fault("max_position_embeddings", "must be above pad_token_id + 1");
      }
    }
    return new Encoder(family, config, positionPad, head);
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    List<ModuleSpec> all = new ArrayList<>();
    all.add(table("word", config.vocabularySize()));
    all.add(table("position", config.maxPositions()));
    if (config.typeVocabularySize() > 0) {
      all.add(table("token_type", config.typeVocabularySize()));
    }
    all.add(new ModuleSpec.LayerNorm(norm, hidden, config.layerNormEpsilon()));
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(layer(i).modules());
    }
    all.addAll(head.modules());
    return all;
  }

  private ModuleSpec table(String kind, int rows) {
    return new ModuleSpec.Embedding(path(kind), rows, config.hiddenSize());
  }

  private String path(String kind) {
    return family.embeddings() + "." + kind + "_embeddings";
  }

  private EncoderLayer layer(int index) {
    return new EncoderLayer(config, family.layer(index));
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
    return head instanceof EncoderLanguageModel
        ? Optional.of(family.wordEmbeddings())
        : Optional.empty();
  }

  @Override
  public String transformersClass() {
    return family.className() + head.classSuffix();
  }

  @Override
  public String basePrefix() {
    return family.prefix();
  }

  @Override
  public Footprint footprint(int length) {
    boolean first = head.readsFirstTokenOnly();
    return new Footprint(
        config.layers(),
        first ? config.layers() - 1 : config.layers(),
        config.hiddenSize(),
        layer(0).kept(length),
        3L * config.hiddenSize(),
        (long) config.heads() * length,
        Activation.named(config.activation()) == Activation.GELU ? config.intermediateSize() : 0,
        layer(0).spared(length),
        first ? 0 : Footprint.words(config.vocabularySize()));
  }

  @Override
  public int maxLength() {
    return positionPad.isPresent()
        ? config.maxPositions() - positionPad.getAsInt() - 1
        : config.maxPositions();
  }

  @Override
  public int vocabularySize() {
    return config.vocabularySize();
  }

  @Override
  public ModelOutputs forward(Layers layers, ModelInputs inputs) {
    Ops tf = layers.tf();
    TokenGrid grid = new TokenGrid(tf, inputs.ids(), config.hiddenSize());
    TextLayout layout = TextLayout.of(inputs, grid);
    Operand<TFloat32> bias = attentionBias(layers.products(), layout.visible());
    Tokens embedded = tokens(tf, grid.shape(), grid.flat(embed(layers, inputs, layout)));
    Tokens x = lastInput(layers, bias, embedded);
    EncoderLayer last = layer(config.layers() - 1);
    Operand<TFloat32> hidden = grid.batched(last.outputNorm(layers, last.sum(layers, bias, x, x)));
    if (!head.readsFirstTokenOnly()) {
      return new ModelOutputs(hidden, head.logits(layers, layout, grid, hidden));
    }
    // The others of the last layer reach no logit, so that most of it need not be computed. Only
    // what is fetched is: hidden states and logits share all layers but the last.
    TextLayout.FirstTokens places = layout.firstTokens();
    Operand<TFloat32> first =
        last.sum(
            layers,
            attentionBias(layers.products(), places.visible()),
            tokens(tf, places.queries(), layout.first(x.rows())),
            tokens(tf, places.keys(), x.rows()));
    Operand<TFloat32> alone =
        tf.reshape(
            last.outputNorm(layers, first), tf.constant(new int[] {-1, 1, config.hiddenSize()}));
    return new ModelOutputs(hidden, head.logits(layers, layout, grid, alone));
  }

  /**
   * What the last layer reads. What passes from layer to layer are the sums before the last norm of
   * each: a layer that is computed again for the backward pass then ends with a sum, whose gradient
   * needs neither its value nor that of the product in it, a third of the layer's products.
   */
  private Tokens lastInput(Layers layers, Operand<TFloat32> bias, Tokens embedded) {
    Operand<TFloat32> preNorm = embedded.rows();
    for (int i = 0; i < config.layers() - 1; i++) {
      int index = i;
      preNorm =
          layers.layer(
              i,
              config.layers(),
              preNorm,
              sum -> {
                Tokens x = embedded.with(layerInput(layers, index, sum));
                return layer(index).sum(layers, bias, x, x);
              });
    }
    return embedded.with(layerInput(layers, config.layers() - 1, preNorm));
  }

  /** A layer's input, from what the one before it passes on; the first one's is that already. */
  private Operand<TFloat32> layerInput(Layers layers, int index, Operand<TFloat32> preNorm) {
    return index == 0 ? preNorm : layer(index - 1).outputNorm(layers, preNorm);
  }

  private Tokens tokens(Ops tf, Operand<TInt32> shape, Operand<TFloat32> rows) {
    return new Tokens(new HeadGrid(tf, shape, config.hiddenSize(), config.heads()), rows);
  }

  /** e = LayerNorm(word[id] + type[segment] + position), then dropout. */
  private Operand<TFloat32> embed(Layers layers, ModelInputs inputs, TextLayout layout) {
    Ops tf = layers.tf();
    Operand<TFloat32> sum = layers.embedding(path("word"), inputs.ids());
    if (config.typeVocabularySize() > 0) {
      sum = tf.math.add(sum, layers.embedding(path("token_type"), types(tf, inputs)));
    }
    sum = tf.math.add(sum, layers.embedding(path("position"), positions(tf, inputs, layout)));
    return layers.dropout(
        layers.layerNorm(norm, sum), config.hiddenDropout(), family.embeddings() + ".dropout");
  }

  /** RoBERTa has one row only, whatever the tokenizer says; its pass reads no segments. */
  private Operand<TInt32> types(Ops tf, ModelInputs inputs) {
    return config.typeVocabularySize() == 1 ? tf.zerosLike(inputs.ids()) : inputs.typeIds();
  }

  /**
   * 0, 1, ... in each text; for RoBERTa the tokens that are not padding count from pad + 1, and
   * padding has the position pad: p = pad + [id != pad] * cumsum([id != pad]).
   */
  private Operand<TInt32> positions(Ops tf, ModelInputs inputs, TextLayout layout) {
    if (positionPad.isEmpty()) {
      return layout.positions();
    }
    Operand<TInt32> pad = tf.constant(positionPad.getAsInt());
    Operand<TInt32> token = tf.dtypes.cast(tf.math.notEqual(inputs.ids(), pad), TInt32.class);
    Operand<TInt32> count = layout.count(token);
    return tf.math.add(tf.math.mul(count, token), pad);
  }

  /**
   * 0 where a key is visible and else a number that hides it.
   *
   * @param visible 0 or 1, [batch, 1 or queries, keys]
   * @return [batch, 1, 1 or queries, keys]
   */
  private static Operand<TFloat32> attentionBias(Products products, Operand<TFloat32> visible) {
    Ops tf = products.tf();
    Operand<TFloat32> unseen = tf.math.sub(tf.constant(1.0f), visible);
    Operand<TFloat32> bias =
        products.kept(tf.math.mul(unseen, tf.constant(Attention.hidden(products))));
    return tf.expandDims(bias, tf.constant(1));
  }
}
