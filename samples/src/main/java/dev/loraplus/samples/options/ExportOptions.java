package dev.loraplus.samples.options;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.export.MergedExport;
import dev.loraplus.savedmodel.export.SeparateExport;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which SavedModels to write of an adapted one. */
@Command(name = "Exports")
public final class ExportOptions {
  @Option(
      names = "--merged",
      paramLabel = "DIR",
      description = "Write the SavedModel with its adapters merged.")
  private @Nullable Path merged;

  @Option(
      names = "--separate",
      paramLabel = "DIR",
      description = "Write a SavedModel with its adapters apart, which can be switched off.")
  private @Nullable Path separate;

  /**
   * Requires an export.
   *
   * @throws ConfigurationException if none is chosen
   */
  public void requireAny() {
    if (merged == null && separate == null) {
      throw new ConfigurationException("--merged or --separate: one of them must be given");
    }
  }

  /**
   * Writes the exports.
   *
   * @param model the model as it stands
   * @param source the SavedModel that it was made of
   * @param console gets a line for each
   */
  public void write(AdaptedSavedModel model, Path source, PrintWriter console) {
    if (merged != null) {
      MergedExport.write(model, source, merged);
      console.println("merged model: " + merged);
    }
    if (separate != null) {
      SeparateExport.write(model, separate);
      console.println("model with adapters apart: " + separate);
    }
  }
}
