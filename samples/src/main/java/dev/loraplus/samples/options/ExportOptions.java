package dev.loraplus.samples.options;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.export.MergedExport;
import dev.loraplus.savedmodel.export.SeparateExport;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which SavedModels to write of an adapted model. */
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
   * Whether adapters are to be kept apart.
   *
   * @return true for {@code --separate}
   */
  public boolean separate() {
    return separate != null;
  }

  /**
   * Writes the exports of a network built here.
   *
   * @param model the network as it stands
   * @param console gets a line for each
   */
  public void write(AdaptedModel model, PrintWriter console) {
    if (merged != null) {
      MergedExport.write(model, merged);
      printMerged(console, merged);
    }
    if (separate != null) {
      SeparateExport.write(model, separate);
      printSeparate(console, separate);
    }
  }

  /**
   * Writes a network that has no adapters, which is what {@code --merged} asks for.
   *
   * @param model the network
   * @param console gets a line
   */
  public void write(PretrainedModel model, PrintWriter console) {
    if (merged != null) {
      MergedExport.write(model, merged);
      printMerged(console, merged);
    }
  }

  /**
   * Requires that the exports can be made of a SavedModel, before it is trained.
   *
   * @param model the model
   * @param source the SavedModel that it was made of
   */
  public void requirePossible(AdaptedSavedModel model, Path source) {
    if (merged != null) {
      MergedExport.requirePossible(model, source);
    }
  }

  /**
   * Writes the exports of a SavedModel.
   *
   * @param model the model as it stands
   * @param source the SavedModel that it was made of
   * @param signature name of the signature that was adapted
   * @param console gets a line for each
   */
  public void write(AdaptedSavedModel model, Path source, String signature, PrintWriter console) {
    if (merged != null) {
      MergedExport.write(model, source, merged);
      printMerged(console, merged);
    }
    if (separate != null) {
      SeparateExport.write(model, source, signature, separate)
          .forEach(
              (name, reason) -> console.println("left out: signature " + name + ": " + reason));
      printSeparate(console, separate);
    }
  }

  private static void printMerged(PrintWriter console, Path directory) {
    console.println("merged model: " + directory);
  }

  private static void printSeparate(PrintWriter console, Path directory) {
    console.println("model with adapters apart: " + directory);
  }
}
