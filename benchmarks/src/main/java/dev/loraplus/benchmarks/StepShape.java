package dev.loraplus.benchmarks;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which step is measured. */
final class StepShape {
  /** Learning rate of A. */
  static final double RATE = 1e-4;

  /** Learning rate of B over that of A. */
  static final double RATIO = 16;

  /** Steps before those that count: XLA compiles a shape when it has met it a few times. */
  static final int WARM_UP = 4;

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

  @Option(
      names = "--dropout",
      defaultValue = "0",
      description =
          "Of hidden states and attention; a Llama has none. The masks of two libraries differ, and"
              + " so do their losses then (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(
      names = "--model",
      description = "Keep the random weights here, for several measurements.")
  private @Nullable Path directory;

  ModelShape model() {
    return model;
  }

  int batch() {
    return batch;
  }

  int length() {
    return length;
  }

  /** Whether two libraries compute the same loss. */
  boolean repeats() {
    return dropout == 0;
  }

  /** Where the weights are, which are written if need be. */
  Path written() throws IOException {
    Path place = directory == null ? Files.createTempDirectory("loraplus-benchmark") : directory;
    model.write(place, dropout);
    return place;
  }

  /** The same step with another recomputation. */
  StepShape with(Recomputation other) {
    StepShape changed = new StepShape();
    changed.model = model;
    changed.batch = batch;
    changed.length = length;
    changed.precision = precision;
    changed.compilation = compilation;
    changed.dropout = dropout;
    changed.recomputation = other;
    changed.directory = directory;
    return changed;
  }

  /** The options that give this shape, but for the place of the weights. */
  List<String> arguments() {
    return List.of(
        "--shape=" + model,
        "--batch=" + batch,
        "--length=" + length,
        "--precision=" + precision,
        "--compile=" + compilation,
        "--recompute=" + recomputation,
        "--dropout=" + dropout);
  }

  ComputeConfig compute() {
    return new ComputeConfig(precision, compilation, recomputation);
  }
}
