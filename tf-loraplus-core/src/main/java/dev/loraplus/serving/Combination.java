package dev.loraplus.serving;

/** How adapters of weights w and scalings s become one, under peft's names. */
public enum Combination {
  /**
   * A = sum of sign(w) sqrt(|w| s) A, B = sum of sqrt(|w| s) B. The ranks must be equal. Cheap, and
   * rough: products of one adapter's B with another's A come in.
   */
  LINEAR,
  /** A = the rows of all w s A, B = the columns of all B: exact, and the rank is the ranks' sum. */
  CAT,
  /**
   * The nearest matrix to the sum of w s B A = U S V^T of the largest rank that an adapter has
   * anywhere: B = U S, A = V^T.
   */
  SVD
}
