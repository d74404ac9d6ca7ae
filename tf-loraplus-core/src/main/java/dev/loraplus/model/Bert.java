package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The BERT encoder (Devlin et al., arXiv 1810.04805) with the head of a task. Token vectors are
 * kept as [batch * length, features] between attention layers, so that every dense layer is one
 * matrix product.
 */
public final class Bert implements Architecture {
  private static final String EMBEDDINGS = "bert.embeddings";

  private final BertConfig config;
  private final BertHead head;

  /**
   * A network of a shape with a task's head.
   *
   * @param config the shape
   * @param task decides the head
   */
  public Bert(BertConfig config, Task task) {
    this.config = config;
    this.head = BertHead.of(config, task);
  }

  @Override
  public List<ModuleSpec> modules() {
    int hidden = config.hiddenSize();
    List<ModuleSpec> all = new ArrayList<>();
    all.add(
        new ModuleSpec.Embedding(EMBEDDINGS + ".word_embeddings", config.vocabularySize(), hidden));
    all.add(
        new ModuleSpec.Embedding(
            EMBEDDINGS + ".position_embeddings", config.maxPositions(), hidden));
    all.add(
        new ModuleSpec.Embedding(
            EMBEDDINGS + ".token_type_embeddings", config.typeVocabularySize(), hidden));
    all.add(new ModuleSpec.LayerNorm(EMBEDDINGS + ".LayerNorm", hidden, config.layerNormEpsilon()));
    for (int i = 0; i < config.layers(); i++) {
      all.addAll(new BertLayer(config, i).modules());
    }
    all.addAll(head.modules());
    return all;
  }

  @Override
  public Set<String> head() {
    return head.paths();
  }

  @Override
  public String basePrefix() {
    return "bert";
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
    Ops tf = layers.tf();
    Operand<TInt32> shape = tf.shape(inputs.ids());
    TokenGrid grid = new TokenGrid(tf, shape, config.hiddenSize(), config.heads());
    Operand<TFloat32> attentionBias = attentionBias(tf, inputs.mask());
    Operand<TFloat32> x = grid.flat(embed(layers, inputs, grid));
    for (int i = 0; i < config.layers(); i++) {
      x = new BertLayer(config, i).forward(layers, grid, attentionBias, x);
    }
    Operand<TFloat32> hidden = grid.batched(x);
    return new ModelOutputs(hidden, head.logits(layers, inputs, grid, hidden));
  }

  /** e = LayerNorm(word[id] + position[0..length) + type[segment]), then dropout. */
  private Operand<TFloat32> embed(Layers layers, ModelInputs inputs, TokenGrid grid) {
    Ops tf = layers.tf();
    Operand<TFloat32> words = layers.embedding(EMBEDDINGS + ".word_embeddings", inputs.ids());
    Operand<TFloat32> positions =
        layers.embedding(EMBEDDINGS + ".position_embeddings", grid.positions());
    Operand<TFloat32> types =
        layers.embedding(EMBEDDINGS + ".token_type_embeddings", inputs.typeIds());
    Operand<TFloat32> sum = tf.math.add(tf.math.add(words, types), positions);
    return layers.dropout(
        layers.layerNorm(EMBEDDINGS + ".LayerNorm", sum),
        config.hiddenDropout(),
        EMBEDDINGS + ".dropout");
  }

  /** 0 for a token and the most negative float for padding, [batch, 1, 1, length]. */
  private static Operand<TFloat32> attentionBias(Ops tf, Operand<TInt32> mask) {
    Operand<TFloat32> padding =
        tf.math.sub(tf.constant(1.0f), tf.dtypes.cast(mask, TFloat32.class));
    Operand<TFloat32> bias = tf.math.mul(padding, tf.constant(-Float.MAX_VALUE));
    return tf.expandDims(tf.expandDims(bias, tf.constant(1)), tf.constant(1));
  }

  /** The modules of a dense layer over hidden vectors. */
  static ModuleSpec.Linear dense(String path, int in, int out) {
    return new ModuleSpec.Linear(path, in, out, true);
  }
}
