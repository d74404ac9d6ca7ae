package dev.loraplus.config;

import java.util.List;

/**
 * How examples become batches.
 *
 * @param size rows of a batch, at least 1
 * @param accumulation batches whose mean gradient makes one optimizer step, at least 1
 * @param maxLength tokens of a text, special ones included; longer texts are cut, at least 3
 * @param lengthBuckets lengths that batches are padded to, ascending; empty means powers of two
 *     from 16
 * @param order order of a training epoch
 */
public record BatchConfig(
    int size, int accumulation, int maxLength, List<Integer> lengthBuckets, BatchOrder order) {
  /**
   * Checks the ranges above.
   *
   * @param size rows of a batch, at least 1
   * @param accumulation batches whose mean gradient makes one optimizer step, at least 1
   * @param maxLength tokens of a text, special ones included; longer texts are cut, at least 3
   * @param lengthBuckets lengths that batches are padded to, ascending; empty means powers of two
   *     from 16
   * @param order order of a training epoch
   */
  public BatchConfig {
    lengthBuckets = List.copyOf(lengthBuckets);
    Faults faults = new Faults();
    faults.require(size >= 1, "batch size: must be at least 1, got %s", size);
    faults.require(
        accumulation >= 1, "gradient accumulation: must be at least 1, got %s", accumulation);
    faults.require(maxLength >= 3, "maxLength: must be at least 3, got %s", maxLength);
    for (int i = 0; i < lengthBuckets.size(); i++) {
      int previous = i == 0 ? 0 : lengthBuckets.get(i - 1);
      faults.require(
          lengthBuckets.get(i) > previous,
          "lengthBuckets: must ascend from at least 1, got %s",
          lengthBuckets);
    }
    faults.throwIfAny();
  }

  /**
   * Shuffled batches with the standard buckets and no accumulation.
   *
   * @param size rows of a batch
   * @param maxLength tokens of a text
   * @return the configuration
   */
  public static BatchConfig of(int size, int maxLength) {
    return new BatchConfig(size, 1, maxLength, List.of(), BatchOrder.SHUFFLED);
  }
}
