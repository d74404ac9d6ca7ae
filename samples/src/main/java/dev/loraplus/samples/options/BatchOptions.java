package dev.loraplus.samples.options;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.Faults;
import dev.loraplus.config.RowLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
    return config(1, BatchOrder.SEQUENTIAL, Optional.empty());
  }

  /**
   * Batches of a run.
   *
   * @param otherLayout what stands for buckets
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  BatchConfig config(
      int accumulation, BatchOrder order, Optional<Supplier<RowLayout>> otherLayout) {
    Faults faults = new Faults();
    faults.require(
        buckets.isEmpty() || otherLayout.isEmpty(),
        "lengthBuckets: has no effect with fittedBuckets or packedLength, got %s",
        buckets);
    RowLayout layout = faults.collect(otherLayout.orElse(() -> new RowLayout.Padded(buckets)));
    BatchConfig config =
        faults.collect(
            () ->
                new BatchConfig(
                    size,
                    accumulation,
                    maxLength,
                    layout == null ? RowLayout.STANDARD : layout,
                    order));
    faults.throwIfAny();
    return Faults.built(config);
  }
}
