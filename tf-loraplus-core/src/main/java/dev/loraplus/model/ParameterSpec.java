package dev.loraplus.model;

import org.tensorflow.ndarray.Shape;

/**
 * A parameter as the checkpoint names it.
 *
 * @param name module path and parameter, such as {@code classifier.weight}
 * @param shape the shape in a Hugging Face checkpoint; a linear weight is [out, in], of kind {@link
 *     ParameterKind#CONV1D_WEIGHT} [in, out]
 * @param kind what it is for
 */
public record ParameterSpec(String name, Shape shape, ParameterKind kind) {}
