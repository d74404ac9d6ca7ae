package dev.loraplus.savedmodel.plan;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What an adapter multiplies with: s B A.
 *
 * @param a A, [r, in]
 * @param b B, [out, r]
 * @param scaling s, a scalar
 */
public record Factors(Operand<TFloat32> a, Operand<TFloat32> b, Operand<TFloat32> scaling) {}
