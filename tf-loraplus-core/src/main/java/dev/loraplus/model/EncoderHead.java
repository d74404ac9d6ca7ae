package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** What stands on an encoder: a classifier over pooled vectors, or the masked-LM decoder. */
sealed interface EncoderHead {
  List<ModuleSpec> modules();

  /** Paths of what the task adds to a bare encoder. */
  Set<String> paths();

  /** Paths of the modules that give the logits. */
  Set<String> outputs();

  /** How the name of transformers' class ends. */
  String classSuffix();

  /** Whether the logits depend on the last hidden state of the first token alone. */
  boolean readsFirstTokenOnly();

  /**
   * The logits.
   *
   * @param layout where the texts lie
   * @param grid (batch, length)
   * @param hidden [batch, length, features], or [texts, 1, features] where first tokens alone are
   *     read
   */
  Operand<TFloat32> logits(
      Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden);

  static EncoderHead of(EncoderFamily family, EncoderConfig config, Task task) {
    if (task instanceof Task.Classification c) {
      return classifier(family, config, c.pooling(), c.labels().size());
    }
    if (task instanceof Task.Regression r) {
      return classifier(family, config, r.pooling(), 1);
    }
    if (task instanceof Task.MaskedLanguageModel) {
      return MaskedLanguageModel.of(family, config);
    }
    throw new ConfigurationException(
        String.format(
            "task: %s is an encoder, which sees later tokens too and cannot be a causal language"
                + " model",
            family.prefix()));
  }

  private static EncoderHead classifier(
      EncoderFamily family, EncoderConfig config, Pooling pooling, int outputs) {
    if (pooling == Pooling.LAST_TOKEN) {
      throw new ConfigurationException(
          String.format(
              "pooling: %s is an encoder, use CLS_POOLER or MEAN, got LAST_TOKEN",
              family.prefix()));
    }
    return family == EncoderFamily.BERT
        ? new PooledClassifier(config, pooling, outputs)
        : new DenseClassifier(family, config, pooling, outputs);
  }

  /**
   * The mean over the tokens of each text, or its first token, which stands alone then.
   *
   * @param hidden [batch, length, features], or of first tokens [texts, 1, features]
   * @return [texts, features]
   */
  private static Operand<TFloat32> pool(
      Ops tf, TextLayout layout, Pooling pooling, Operand<TFloat32> hidden) {
    return pooling == Pooling.MEAN
        ? layout.mean(hidden)
        : tf.gather(hidden, tf.constant(0), tf.constant(1));
  }

  private static String sequenceClass(Pooling pooling) {
    return pooling == Pooling.CLS_POOLER ? "ForSequenceClassification" : "Model";
  }

  /** BERT: logits = W dropout(p) + b, with p = tanh(pooler(first token)), or p the mean. */
  record PooledClassifier(EncoderConfig config, Pooling pooling, int size) implements EncoderHead {
    private static final String POOLER = "bert.pooler.dense";

    @Override
    public List<ModuleSpec> modules() {
      int hidden = config.hiddenSize();
      ModuleSpec classifier = new ModuleSpec.Linear("classifier", hidden, size, true);
      return pooling == Pooling.MEAN
          ? List.of(classifier)
          : List.of(new ModuleSpec.Linear(POOLER, hidden, hidden, true), classifier);
    }

    @Override
    public Set<String> paths() {
      return Set.of("classifier");
    }

    @Override
    public Set<String> outputs() {
      return paths();
    }

    @Override
    public String classSuffix() {
      return sequenceClass(pooling);
    }

    @Override
    public boolean readsFirstTokenOnly() {
      return pooling != Pooling.MEAN;
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      Operand<TFloat32> vector = pool(tf, layout, pooling, hidden);
      Operand<TFloat32> pooled =
          pooling == Pooling.MEAN ? vector : tf.math.tanh(layers.linear(POOLER, vector));
      return layers.linear(
          "classifier", layers.dropout(pooled, config.classifierDropout(), "classifier.dropout"));
    }
  }

  /**
   * The heads with a dense layer of their own. RoBERTa: logits = W2 dropout(tanh(W1 dropout(p) +
   * b1)) + b2. DistilBERT: logits = W2 dropout(relu(W1 p + b1)) + b2.
   */
  record DenseClassifier(EncoderFamily family, EncoderConfig config, Pooling pooling, int size)
      implements EncoderHead {
    private boolean roberta() {
      return family == EncoderFamily.ROBERTA;
    }

    private String dense() {
      return roberta() ? "classifier.dense" : "pre_classifier";
    }

    private String output() {
      return roberta() ? "classifier.out_proj" : "classifier";
    }

    @Override
    public List<ModuleSpec> modules() {
      int hidden = config.hiddenSize();
      return List.of(
          new ModuleSpec.Linear(dense(), hidden, hidden, true),
          new ModuleSpec.Linear(output(), hidden, size, true));
    }

    @Override
    public Set<String> paths() {
      return roberta() ? Set.of("classifier") : Set.of("pre_classifier", "classifier");
    }

    @Override
    public Set<String> outputs() {
      return Set.of("classifier");
    }

    @Override
    public String classSuffix() {
      return sequenceClass(pooling);
    }

    @Override
    public boolean readsFirstTokenOnly() {
      return pooling != Pooling.MEAN;
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      double rate = config.classifierDropout();
      Operand<TFloat32> vector = pool(tf, layout, pooling, hidden);
      Operand<TFloat32> inner;
      if (roberta()) {
        inner = tf.math.tanh(layers.linear(dense(), layers.dropout(vector, rate, "head.dropout")));
      } else {
        inner = tf.nn.relu(layers.linear(dense(), vector));
      }
      return layers.linear(output(), layers.dropout(inner, rate, "classifier.dropout"));
    }
  }

  /** logits = LayerNorm(act(dense(hidden))) E^T + b, with E the word embedding. */
  record MaskedLanguageModel(
      EncoderFamily family,
      EncoderConfig config,
      String dense,
      String norm,
      String bias,
      Activation activation)
      implements EncoderHead {

    static MaskedLanguageModel of(EncoderFamily family, EncoderConfig config) {
      Activation activation = Activation.named(config.activation());
      return switch (family) {
        case BERT ->
            new MaskedLanguageModel(
                family,
                config,
                "cls.predictions.transform.dense",
                "cls.predictions.transform.LayerNorm",
                "cls.predictions",
                activation);
        // RoBERTa's head knows no other activation.
        case ROBERTA ->
            new MaskedLanguageModel(
                family, config, "lm_head.dense", "lm_head.layer_norm", "lm_head", Activation.GELU);
        case DISTILBERT ->
            new MaskedLanguageModel(
                family,
                config,
                "vocab_transform",
                "vocab_layer_norm",
                "vocab_projector",
                activation);
      };
    }

    @Override
    public List<ModuleSpec> modules() {
      int hidden = config.hiddenSize();
      return List.of(
          new ModuleSpec.Linear(dense, hidden, hidden, true),
          new ModuleSpec.LayerNorm(norm, hidden, config.layerNormEpsilon()),
          new ModuleSpec.LoneBias(bias, config.vocabularySize()));
    }

    @Override
    public Set<String> paths() {
      return switch (family) {
        case BERT -> Set.of("cls");
        case ROBERTA -> Set.of("lm_head");
        case DISTILBERT -> Set.of(dense, norm, bias);
      };
    }

    /** The word embedding gives the logits; it is no linear module. */
    @Override
    public Set<String> outputs() {
      return Set.of();
    }

    @Override
    public String classSuffix() {
      return "ForMaskedLM";
    }

    @Override
    public boolean readsFirstTokenOnly() {
      return false;
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers, TextLayout layout, TokenGrid grid, Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      Operand<TFloat32> inner =
          activation.apply(layers.products(), layers.linear(dense, grid.flat(hidden)));
      Operand<TFloat32> flat =
          tf.linalg.matMul(
              layers.layerNorm(norm, inner),
              layers.parameter(family.wordEmbeddings() + ".weight"),
              MatMul.transposeB(true));
      return grid.batchedLike(layers.biased(bias + ".bias", flat), config.vocabularySize());
    }
  }
}
