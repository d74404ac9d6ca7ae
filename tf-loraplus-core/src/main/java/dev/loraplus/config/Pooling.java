package dev.loraplus.config;

/** How token vectors become one vector for a text. */
public enum Pooling {
  /** The first token's vector through the checkpoint's pooler (dense and tanh), as BERT does. */
  CLS_POOLER,
  /** The mean of the vectors of unmasked tokens, as sentence encoders do. */
  MEAN
}
