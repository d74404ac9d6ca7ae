package dev.loraplus.adapter;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What stands beside B in s B A, for update rules that treat the pair as one.
 *
 * @param a A, [r, in]
 * @param scaling s
 */
public record LowRankPair(Operand<TFloat32> a, double scaling) {}
