package dev.loraplus.config;

/** What an adapter of a linear layer is made of; peft's flags exclude each other too. */
public enum LoraVariant {
  /** h = W0 x + s B A x. */
  PLAIN,
  /**
   * Weight-decomposed adaptation (DoRA, Liu et al., arXiv 2402.09353): a trained magnitude m scales
   * every row of the adapted weight, h = m (W0 + s B A) x / |W0 + s B A|. peft's {@code use_dora}.
   */
  DORA,
  /** h = W0 x + s (B A x + b) with a trained bias b of B. peft's {@code lora_bias}. */
  B_BIAS
}
