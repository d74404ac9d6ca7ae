package dev.loraplus.config;

/**
 * How examples become batches.
 *
 * @param size texts of a batch, at least 1
 * @param accumulation batches whose mean gradient makes one optimizer step, at least 1
 * @param maxLength tokens of a text, special ones included; longer texts are cut, at least 3
 * @param layout how the texts lie in rows
 * @param order order of a training epoch; packed rows, which all have one length, cannot be grouped
 *     by it
 */
public record BatchConfig(
    int size, int accumulation, int maxLength, RowLayout layout, BatchOrder order) {
  /**
   * Checks the ranges above.
   *
   * @param size texts of a batch, at least 1
   * @param accumulation batches whose mean gradient makes one optimizer step, at least 1
   * @param maxLength tokens of a text, special ones included; longer texts are cut, at least 3
   * @param layout how the texts lie in rows
   * @param order order of a training epoch; packed rows, which all have one length, cannot be
   *     grouped by it
   */
  public BatchConfig {
    new Faults()
        .require(size >= 1, "batch size: must be at least 1, got %s", size)
        .require(
            accumulation >= 1, "gradient accumulation: must be at least 1, got %s", accumulation)
        .require(maxLength >= 3, "maxLength: must be at least 3, got %s", maxLength)
        .require(
            !(layout instanceof RowLayout.Packed && order == BatchOrder.GROUPED_BY_LENGTH),
            "packedLength: rows of one length cannot be grouped by it, use the order SHUFFLED or"
                + " SEQUENTIAL, got %s",
            order)
        .throwIfAny();
  }

  /**
   * Shuffled batches with the standard buckets and no accumulation.
   *
   * @param size texts of a batch
   * @param maxLength tokens of a text
   * @return the configuration
   */
  public static BatchConfig of(int size, int maxLength) {
    return new BatchConfig(size, 1, maxLength, RowLayout.STANDARD, BatchOrder.SHUFFLED);
  }
}
