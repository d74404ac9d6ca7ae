package dev.loraplus.benchmarks;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which step is measured. */
final class StepShape {
  @Option(names = "--shape", defaultValue = "BASE", description = "${COMPLETION-CANDIDATES}.")
  private ModelShape model;

  @Option(names = "--batch", defaultValue = "16", description = "Rows (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--length",
      defaultValue = "128",
      description = "Tokens of a row (default: ${DEFAULT-VALUE}).")
  private int length;

  @Option(
      names = "--precision",
      defaultValue = "FLOAT32",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--compile",
      defaultValue = "NONE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Compilation compilation;

  @Option(
      names = "--recompute",
      defaultValue = "NONE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Recomputation recomputation;

  ModelShape model() {
    return model;
  }

  int batch() {
    return batch;
  }

  int length() {
    return length;
  }

  @Option(
      names = "--model",
      description = "Keep the random weights here, for several measurements.")
  private @Nullable Path directory;

  /** Where the weights are, which are written if need be. */
  Path written() throws IOException {
    Path place = directory == null ? Files.createTempDirectory("loraplus-benchmark") : directory;
    model.write(place);
    return place;
  }

  ComputeConfig compute() {
    return new ComputeConfig(precision, compilation, recomputation);
  }
}
