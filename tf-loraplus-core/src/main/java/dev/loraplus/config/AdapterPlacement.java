package dev.loraplus.config;

/**
 * Where the adapters of a SavedModel come in. Models that are built here have them beside the
 * product.
 */
public enum AdapterPlacement {
  /**
   * In the weight where the model computes its product in bfloat16 or float16, beside the product
   * elsewhere.
   */
  AUTOMATIC,
  /** h = W x + s B A x, with s B A x in float32 whatever the model computes in. */
  BESIDE,
  /** h = (W + s B A) x: the sum takes the weight's place and is rounded as the weight is. */
  IN_WEIGHT
}
