package dev.loraplus.generation;

/**
 * When beam search ends before the longest text, once it has as many finished texts as beams;
 * transformers' {@code early_stopping}.
 */
public enum EarlyStopping {
  /** At once ({@code True}). */
  WHEN_FULL,
  /**
   * When the best running text, at its present length, would not beat the worst finished one
   * ({@code False}).
   */
  WHEN_UNLIKELY,
  /**
   * When no running text can beat the worst finished one, however long it grows ({@code "never"}).
   */
  WHEN_IMPOSSIBLE
}
