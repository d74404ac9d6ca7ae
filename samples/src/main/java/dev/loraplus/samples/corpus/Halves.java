package dev.loraplus.samples.corpus;

import dev.loraplus.data.Dataset;

/**
 * Data to learn from and data to score on.
 *
 * @param training at least one example
 * @param development at least one example, none of which is learned from
 */
public record Halves(Dataset training, Dataset development) {}
