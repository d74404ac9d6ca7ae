package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.TextFormat.TargetColumn;
import dev.loraplus.data.TextFormat.TargetKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where a file has its labels or scores. */
@Command(name = DataOptions.NAME)
public final class TargetOptions {
  @Option(
      names = "--label-column",
      paramLabel = "NAME|N",
      description = "Column of the label or score; default: label, with --no-header 1.")
  private @Nullable String label;

  void check(TaskKind kind) {
    if (kind.languageModel() && label != null) {
      throw new ConfigurationException(
          "--label-column: a language model has no labels, got '" + label + "'");
    }
  }

  TargetColumn column(DataOptions data, Path file, TargetKind kind) {
    String name = label == null ? (data.named() ? "label" : "1") : label;
    return new TargetColumn(DataOptions.column(file, name), kind);
  }
}
