package dev.loraplus.model;

/** What a parameter of a module is for. */
public enum ParameterKind {
  /** A matrix or table. */
  WEIGHT,
  /** An additive vector. */
  BIAS,
  /** The scale of a LayerNorm. */
  LAYER_NORM
}
