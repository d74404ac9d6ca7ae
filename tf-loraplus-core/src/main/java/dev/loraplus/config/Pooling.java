package dev.loraplus.config;

/** How token vectors become one vector for a text. */
public enum Pooling {
  /**
   * The first token's vector through a dense layer, as encoders are classified in transformers: the
   * checkpoint's pooler in BERT, a layer of the head in RoBERTa and DistilBERT.
   */
  CLS_POOLER,
  /** The mean of the vectors of unmasked tokens, as sentence encoders do. */
  MEAN,
  /** The vector of the last token that is no padding, as decoders are classified. */
  LAST_TOKEN
}
