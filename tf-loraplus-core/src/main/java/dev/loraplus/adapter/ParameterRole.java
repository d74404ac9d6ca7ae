package dev.loraplus.adapter;

/** What a trainable parameter is. Its group follows from the role, never from its name. */
public enum ParameterRole {
  /** A of a linear adapter, [r, in]. */
  A,
  /** B of a linear adapter, [out, r]. */
  B,
  /** A of an embedding adapter, [r, vocabulary]. */
  EMBEDDING_A,
  /** B of an embedding adapter, [dim, r]. */
  EMBEDDING_B,
  /** DoRA's magnitude vector. */
  MAGNITUDE,
  /** Any bias: of the base model, of an adapter or of a saved module. */
  BIAS,
  /** The weight of a LayerNorm. */
  LAYER_NORM,
  /** Another one-dimensional scale, such as the weight of an RMSNorm. */
  SCALE,
  /** A weight of two or more dimensions that trains in full. */
  SAVED_WEIGHT
}
