package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.util.List;
import java.util.OptionalInt;
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
   * What a head needs to know of its decoder.
   *
   * @param family transformers' {@code model_type}
   * @param hiddenSize features of a token
   * @param vocabularySize rows of the word table
   * @param words path of the word table
   * @param tied whether the word table is the language model's last matrix too
   * @param padId id of the padding token, where the configuration names one
   */
  record Body(
      String family,
      int hiddenSize,
      int vocabularySize,
      String words,
      boolean tied,
      OptionalInt padId) {}

  static DecoderHead of(Body body, Task task) {
    if (task instanceof Task.Classification c) {
      return score(body, c.pooling(), c.labels().size());
    }
    if (task instanceof Task.Regression r) {
      return score(body, r.pooling(), 1);
    }
    if (task instanceof Task.CausalLanguageModel) {
      return new LanguageModel(body);
    }
    throw new ConfigurationException(
        String.format(
            "task: %s is a decoder, which cannot be a masked language model", body.family()));
  }

  private static DecoderHead score(Body body, Pooling pooling, int outputs) {
    if (pooling != Pooling.LAST_TOKEN) {
      throw new ConfigurationException(
          String.format(
              "pooling: %s is a decoder, whose last token alone has seen the whole text: use"
                  + " LAST_TOKEN, got %s",
              body.family(), pooling));
    }
    return new Score(body, outputs);
  }

  /** logits = W hidden, with W the word table or a matrix of its own. */
  record LanguageModel(Body body) implements DecoderHead {
    private static final String HEAD = "lm_head";

    @Override
    public List<ModuleSpec> modules() {
      return body.tied()
          ? List.of()
          : List.of(new ModuleSpec.Linear(HEAD, body.hiddenSize(), body.vocabularySize(), false));
    }

    /** A pretrained decoder was trained with its language model, which no task adds. */
    @Override
    public Set<String> paths() {
      return Set.of();
    }

    @Override
    public Set<String> outputs() {
      return body.tied() ? Set.of() : Set.of(HEAD);
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
      return grid.batchedLike(words(layers, hidden), body.vocabularySize());
    }

    /** [rows, features] to [rows, vocabulary]. */
    Operand<TFloat32> words(Layers layers, Operand<TFloat32> hidden) {
      Operand<TFloat32> table = layers.parameter(body.words() + ".weight");
      return body.tied()
          ? layers.tf().linalg.matMul(hidden, table, MatMul.transposeB(true))
          : layers.linear(HEAD, hidden);
    }
  }

  /** logits = W hidden[last token]. */
  record Score(Body body, int size) implements DecoderHead {
    private static final String HEAD = "score";

    @Override
    public List<ModuleSpec> modules() {
      return List.of(new ModuleSpec.Linear(HEAD, body.hiddenSize(), size, false));
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
      return body.padId().isPresent()
          ? tf.dtypes.cast(
              tf.math.notEqual(inputs.ids(), tf.constant(body.padId().getAsInt())), TInt32.class)
          : inputs.mask();
    }
  }
}
