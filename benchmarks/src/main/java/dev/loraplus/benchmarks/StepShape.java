package dev.loraplus.benchmarks;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
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

  ModelShape model() {
    return model;
  }

  int batch() {
    return batch;
  }

  int length() {
    return length;
  }

  boolean bfloat16() {
    return precision == Precision.BFLOAT16;
  }

  ComputeConfig compute() {
    return new ComputeConfig(precision, compilation);
  }
}
