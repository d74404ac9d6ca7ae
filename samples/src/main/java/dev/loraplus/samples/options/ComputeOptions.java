package dev.loraplus.samples.options;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.graph.Gpus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How steps are computed. */
@Command(name = "Computation")
public final class ComputeOptions {
  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = {
        "Products with frozen weights: float32, or bfloat16 where the processor has it"
            + " (default: ${DEFAULT-VALUE})."
      })
  private Precision precision;

  @Option(
      names = "--compile",
      paramLabel = "WHAT",
      description = {
        "What XLA compiles: none; elementwise, for longer runs on a CPU; full, for a GPU (default:"
            + " full on a GPU, none elsewhere)."
      })
  private @Nullable Compilation compilation;

  @Option(
      names = "--recompute",
      paramLabel = "WHAT",
      defaultValue = "none",
      description = {
        "Layers that the backward pass computes again, to save memory: none, most-layers or"
            + " all-layers (default: ${DEFAULT-VALUE})."
      })
  private Recomputation recomputation;

  /** For picocli. */
  public ComputeOptions() {}

  /**
   * Precision, compilation and recomputation.
   *
   * @return the configuration
   */
  public ComputeConfig config() {
    return new ComputeConfig(
        precision, compilation == null ? Gpus.preferredCompilation() : compilation, recomputation);
  }
}
