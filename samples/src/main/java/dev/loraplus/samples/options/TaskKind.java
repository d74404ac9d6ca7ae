package dev.loraplus.samples.options;

/** The kinds of tasks that {@code --task} names. */
public enum TaskKind {
  /** One of several classes for a text. */
  CLASSIFICATION,
  /** A number for a text. */
  REGRESSION,
  /** The tokens behind masks. */
  MASKED_LM
}
