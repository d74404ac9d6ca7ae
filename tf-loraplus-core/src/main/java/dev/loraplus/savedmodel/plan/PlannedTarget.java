package dev.loraplus.savedmodel.plan;

import dev.loraplus.adapter.LoraSettings;

/**
 * One adapter to be.
 *
 * @param target the weight
 * @param settings rank and scaling after patterns
 * @param alpha numerator of the scaling after patterns
 */
public record PlannedTarget(Target target, LoraSettings settings, double alpha) {}
