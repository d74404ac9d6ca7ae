package dev.loraplus.data.tokenizer;

/** What a WordPiece tokenizer does with letters before it looks them up. */
public enum Casing {
  /** Makes them lower case and drops accents, as {@code uncased} models expect. */
  LOWER,
  /** Leaves them as they are, as {@code cased} models expect. */
  KEEP
}
