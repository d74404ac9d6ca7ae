package dev.loraplus.model;

import dev.loraplus.model.CausalAttention.Heads;
import java.util.OptionalInt;

/** What the configurations of all decoders say. */
interface DecoderConfig {
  /** transformers' {@code model_type}. */
  String modelType();

  /** Rows of the word table. */
  int vocabularySize();

  /** Features of a token. */
  int hiddenSize();

  /** Decoder layers. */
  int layers();

  /** Query and key heads of attention. */
  Heads heads();

  /** What attention's scores are multiplied by. */
  double scoreScale();

  /** Dropout of attention's probabilities. */
  double attentionDropout();

  /** Longest text. */
  int maxPositions();

  /** Whether the word table is the language model's last matrix too. */
  boolean tied();

  /** Id of the padding token, where the file names one. */
  OptionalInt padId();
}
