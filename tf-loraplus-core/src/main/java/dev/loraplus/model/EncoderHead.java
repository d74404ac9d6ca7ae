package dev.loraplus.model;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What stands on an encoder: a classifier over pooled vectors, or the masked-LM decoder. */
sealed interface EncoderHead permits EncoderClassifier, EncoderLanguageModel {
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
      return EncoderClassifier.of(family, config, c.pooling(), c.labels().size());
    }
    if (task instanceof Task.Regression r) {
      return EncoderClassifier.of(family, config, r.pooling(), 1);
    }
    if (task instanceof Task.MaskedLanguageModel) {
      return EncoderLanguageModel.of(family, config);
    }
    throw new ConfigurationException(
        String.format(
            "task: %s is an encoder, which sees later tokens too and cannot be a causal language"
                + " model",
            family.prefix()));
  }
}
