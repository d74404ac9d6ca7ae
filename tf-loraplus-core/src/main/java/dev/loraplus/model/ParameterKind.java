package dev.loraplus.model;

/** What a parameter of a module is for. */
public enum ParameterKind {
  /** A matrix or table. */
  WEIGHT,
  /** The matrix of a linear module whose checkpoint holds it as [in, out]. */
  CONV1D_WEIGHT,
  /** An additive vector. */
  BIAS,
  /** The scale of a LayerNorm. */
  LAYER_NORM,
  /** The scale of an RMSNorm. */
  SCALE
}
