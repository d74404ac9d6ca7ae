package dev.loraplus.config;

/** The type in which matrix products with frozen weights are taken. */
public enum Precision {
  /** Everything in float32. */
  FLOAT32,
  /**
   * Frozen matrices are kept in bfloat16, and products with them and within attention are taken in
   * it; sums inside a product, norms, softmax, loss, adapters and optimizer state stay float32. The
   * softmax may read and write bfloat16 where it is computed in float32 ({@link
   * Compilation#ELEMENTWISE}).
   */
  BFLOAT16
}
