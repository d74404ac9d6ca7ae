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
import org.tensorflow.types.TInt32;

/** What stands on a decoder: the language model, or a score of the last token. */
sealed interface DecoderHead {
  List<ModuleSpec> modules();

  /** Paths of what the task adds to a bare decoder. */
  Set<String> paths();

  /** Paths of the modules that give the logits. */
  Set<String> outputs();

  /** Whether the head is the language model's. */
  boolean languageModel();

  /**
   * The logits.
   *
   * @param layout where the texts lie
   * @param grid (batch, length)
   * @param hidden [batch * length, features]
   */
  Operand<TFloat32> logits(
      Layers layers,
      ModelInputs inputs,
      TextLayout layout,
      TokenGrid grid,
      Operand<TFloat32> hidden);

  /**
   * The language model of this head.
   *
   * @throws IllegalStateException if it is another one
   */
  default LanguageModel requireLanguageModel() {
    if (this instanceof LanguageModel model) {
      return model;
    }
    throw new IllegalStateException("the head gives no next token: it is no language model");
  }

  /**
   * The head of a task.
   *
   * @param words path of the word table
   */
  static DecoderHead of(DecoderConfig config, String words, Task task) {
    if (task instanceof Task.Classification c) {
      return score(config, c.pooling(), c.labels().size());
    }
    if (task instanceof Task.Regression r) {
      return score(config, r.pooling(), 1);
    }
    if (task instanceof Task.CausalLanguageModel) {
      return new LanguageModel(config, words);
    }
    throw new ConfigurationException(
        String.format(
            "task: %s is a decoder, which cannot be a masked language model", config.modelType()));
  }

  private static DecoderHead score(DecoderConfig config, Pooling pooling, int outputs) {
    if (pooling != Pooling.LAST_TOKEN) {
      throw new ConfigurationException(
          String.format(
              "pooling: %s is a decoder, whose last token alone has seen the whole text: use"
                  + " LAST_TOKEN, got %s",
              config.modelType(), pooling));
    }
    return new Score(config, outputs);
  }

  /** logits = W hidden, with W the word table or a matrix of its own. */
  record LanguageModel(DecoderConfig config, String words) implements DecoderHead {
    private static final String HEAD = "lm_head";

    @Override
    public List<ModuleSpec> modules() {
      return config.tied()
          ? List.of()
          : List.of(
              new ModuleSpec.Linear(HEAD, config.hiddenSize(), config.vocabularySize(), false));
    }

    /** A pretrained decoder was trained with its language model, which no task adds. */
    @Override
    public Set<String> paths() {
      return Set.of();
    }

    @Override
    public Set<String> outputs() {
      return config.tied() ? Set.of() : Set.of(HEAD);
    }

    @Override
    public boolean languageModel() {
      return true;
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers,
        ModelInputs inputs,
        TextLayout layout,
        TokenGrid grid,
        Operand<TFloat32> hidden) {
      return grid.batchedLike(scores(layers, hidden), config.vocabularySize());
    }

    /** [rows, features] to [rows, vocabulary]. */
    Operand<TFloat32> scores(Layers layers, Operand<TFloat32> hidden) {
      Operand<TFloat32> table = layers.parameter(words + ".weight");
      return config.tied()
          ? layers.tf().linalg.matMul(hidden, table, MatMul.transposeB(true))
          : layers.linear(HEAD, hidden);
    }
  }

  /** logits = W hidden[last token]. */
  record Score(DecoderConfig config, int size) implements DecoderHead {
    private static final String HEAD = "score";

    @Override
    public List<ModuleSpec> modules() {
      return List.of(new ModuleSpec.Linear(HEAD, config.hiddenSize(), size, false));
    }

    @Override
    public Set<String> paths() {
      return Set.of(HEAD);
    }

    @Override
    public Set<String> outputs() {
      return paths();
    }

    @Override
    public boolean languageModel() {
      return false;
    }

    @Override
    public Operand<TFloat32> logits(
        Layers layers,
        ModelInputs inputs,
        TextLayout layout,
        TokenGrid grid,
        Operand<TFloat32> hidden) {
      Ops tf = layers.tf();
      Operand<TInt32> last = layout.last(token(tf, inputs));
      return layers.linear(HEAD, tf.gather(hidden, last, tf.constant(0)));
    }

    /**
     * 1 for what is no padding: as in transformers, what has not the padding token's id, or, where
     * the configuration names none, what the mask does not hide. Of a text of padding alone the
     * first token is read.
     */
    private Operand<TInt32> token(Ops tf, ModelInputs inputs) {
      return config.padId().isPresent()
          ? tf.dtypes.cast(
              tf.math.notEqual(inputs.ids(), tf.constant(config.padId().getAsInt())), TInt32.class)
          : inputs.mask();
    }
  }
}
