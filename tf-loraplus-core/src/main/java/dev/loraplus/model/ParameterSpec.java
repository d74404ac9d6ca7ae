package dev.loraplus.model;

import org.tensorflow.ndarray.Shape;

/**
 * A parameter as the checkpoint names it.
 *
 * @param name module path and parameter, such as {@code classifier.weight}
 * @param shape checkpoint shape; a linear weight is [out, in]
 * @param kind what it is for
 */
public record ParameterSpec(String name, Shape shape, ParameterKind kind) {}
