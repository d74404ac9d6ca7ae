package dev.loraplus.savedmodel.export;

import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Output;

/**
 * A SavedModel in which adapters and weights stay apart. The signature {@code serving_default} is
 * the model's with its adapters; {@code switchable} takes a further input {@code adapters}, a
 * float32 scalar: 1 for the same, 0 for the model without them, and anything between.
 */
public final class SeparateExport {
  /** The key of the switch. */
  public static final String SWITCH = "adapters";

  private SeparateExport() {}

  /**
   * Writes the SavedModel.
   *
   * @param model the model as it stands
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written, or the signature
   *     has an input {@code adapters} of its own
   */
  public static void write(AdaptedSavedModel model, Path target) {
    ExportedSignature serving = serving(model);
    if (serving.inputs().containsKey(SWITCH)) {
      throw new SavedModelException(
          "export: the signature has an input '" + SWITCH + "' of its own, the name of the switch");
    }
    Map<String, Output<?>> inputs = new HashMap<>(serving.inputs());
    inputs.put(SWITCH, model.adapterSwitch());
    new SavedModelWriter(model)
        .write(
            target,
            Map.of(
                "serving_default",
                serving,
                "switchable",
                new ExportedSignature(inputs, serving.outputs())),
            checkpoint -> Map.of());
  }

  /** The model's own signature. */
  static ExportedSignature serving(AdaptedSavedModel model) {
    Map<String, Output<?>> inputs = new HashMap<>();
    model.adapted().flat().inputs().keySet().forEach(key -> inputs.put(key, model.input(key)));
    Map<String, Output<?>> outputs = new HashMap<>();
    model.adapted().flat().outputs().keySet().forEach(key -> outputs.put(key, model.output(key)));
    return new ExportedSignature(inputs, outputs);
  }
}
