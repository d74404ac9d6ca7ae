package dev.loraplus.samples.options;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How texts become batches. */
@Command(name = "Batches")
public final class BatchOptions {
  @Option(
      names = "--batch-size",
      paramLabel = "ROWS",
      description = "Texts of a batch; default: ${DEFAULT-VALUE}.")
  private int size = 32;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description = "Longer texts are cut, special tokens included; default: ${DEFAULT-VALUE}.")
  private int maxLength = 128;

  @Option(
      names = "--buckets",
      split = ",",
      paramLabel = "TOKENS",
      description = "Lengths that batches are padded to; default: 16, 32, 64, ... and the longest.")
  private List<Integer> buckets = new ArrayList<>();

  /**
   * Batches in the order of the data.
   *
   * @return the configuration
   * @throws dev.loraplus.config.ConfigurationException if a value is out of range
   */
  public BatchConfig inOrder() {
    return config(1, BatchOrder.SEQUENTIAL);
  }

  BatchConfig config(int accumulation, BatchOrder order) {
    return new BatchConfig(size, accumulation, maxLength, buckets, order);
  }
}
