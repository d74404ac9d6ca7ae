package dev.loraplus.config;

/**
 * How A and B of a linear layer start. An embedding knows only the first three; with the first two
 * its A starts at zero and B ~ N(0, 1).
 */
public enum LoraInit {
  /**
   * A ~ U(-b, b) with b = sqrt(6 / ((1 + 5) fan_in)) = 1/sqrt(fan_in), B = 0: peft's {@code true}.
   */
  KAIMING_UNIFORM(false),
  /** A ~ N(0, 1/r^2), B = 0: peft's {@code "gaussian"}. */
  GAUSSIAN(false),
  /**
   * A, B and the bias of B all random, as torch initialises a linear layer, so that the untrained
   * adapter changes the model: peft's {@code false}.
   */
  NONE(false),
  /**
   * The r largest singular values of W0 = U S V^T (PiSSA, Meng et al., arXiv 2404.02948): B = U
   * sqrt(S/s), A = sqrt(S/s) V^T; the frozen weight becomes W0 - s B A: peft's {@code "pissa"}.
   */
  PISSA(true),
  /**
   * W0 = Q R (OLoRA, arXiv 2406.01775): B is the first r columns of Q, A the first r rows of R; the
   * frozen weight becomes W0 - s B A: peft's {@code "olora"}.
   */
  OLORA(true),
  /**
   * A and B random with B A = 0 and neither of them zero; the rank must be even: peft's {@code
   * "orthogonal"}.
   */
  ORTHOGONAL(false);

  private final boolean changesBaseWeight;

  LoraInit(boolean changesBaseWeight) {
    this.changesBaseWeight = changesBaseWeight;
  }

  /**
   * Whether the frozen weight becomes W0 - s B A, of which the adapter is then the rest.
   *
   * @return true for PISSA and OLORA
   */
  public boolean changesBaseWeight() {
    return changesBaseWeight;
  }

  /**
   * Whether an embedding can start so.
   *
   * @return true for the inits that need no matrix product
   */
  public boolean fitsEmbeddings() {
    return this == KAIMING_UNIFORM || this == GAUSSIAN || this == NONE;
  }
}
