package dev.loraplus.model;

import dev.loraplus.graph.RecomputedParts;

/**
 * A pass with dropout.
 *
 * @param outputs what the network gives
 * @param parts what its backward pass computes again
 */
public record TrainingPass(ModelOutputs outputs, RecomputedParts parts) {}
