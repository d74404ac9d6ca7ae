package dev.loraplus.samples.options;

/** The kinds of tasks that {@code --task} names. */
public enum TaskKind {
  /** One of several classes for a text. */
  CLASSIFICATION,
  /** A number for a text. */
  REGRESSION,
  /** The tokens behind masks. */
  MASKED_LM,
  /** Each next token of a text, or of a completion after its prompt. */
  CAUSAL_LM;

  /** Whether the tokens themselves are the targets. */
  boolean languageModel() {
    return this == MASKED_LM || this == CAUSAL_LM;
  }
}
