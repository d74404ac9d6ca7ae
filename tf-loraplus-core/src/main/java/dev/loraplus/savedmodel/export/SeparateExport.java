package dev.loraplus.savedmodel.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.model.Layers;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A SavedModel in which adapters and weights stay apart. The signature {@code serving_default} is
 * the model's with its adapters; {@code switchable} takes a further input {@code adapters}, a
 * float32 scalar: 1 for the same, 0 for the model without them, and anything between.
 */
public final class SeparateExport {
  /** The key of the switch. */
  public static final String SWITCH = "adapters";

  private static final String SWITCHABLE = "switchable";

  private SeparateExport() {}

  /**
   * Writes the SavedModel with the adapted signature alone.
   *
   * @param model the model as it stands
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written, or the signature
   *     has an input {@code adapters} of its own
   */
  public static void write(AdaptedSavedModel model, Path target) {
    ExportedSignature serving = serving(model);
    requireFree(serving);
    write(SavedModelWriter.of(model), serving, switched(serving, model.adapterSwitch()), target);
  }

  /**
   * Writes the SavedModel with all signatures of the one that it was made of, with adapters
   * wherever they use adapted weights. Only the adapted signature can be switched.
   *
   * @param model the model as it stands
   * @param source the SavedModel that it was made of
   * @param signature name of the signature that was adapted
   * @param target a directory that is made, or is empty
   * @return reasons by name of the signatures that cannot have the adapters and are left out
   * @throws SavedModelException if the directory holds files or cannot be written, the signature
   *     has an input {@code adapters} of its own, or another is called {@code switchable}
   */
  public static Map<String, String> write(
      AdaptedSavedModel model, Path source, String signature, Path target) {
    try (AllSignatures all = AllSignatures.of(model, source, signature)) {
      Map<String, ExportedSignature> signatures = new HashMap<>();
      all.names().forEach(name -> signatures.put(name, all.signature(name)));
      ExportedSignature adapted = all.signature(signature);
      if (!all.leftOut().containsKey(SavedModelFile.DEFAULT_SIGNATURE)) {
        signatures.putIfAbsent(SavedModelFile.DEFAULT_SIGNATURE, adapted);
      }
      requireFree(adapted);
      if (signatures.putIfAbsent(SWITCHABLE, switched(adapted, all.model().adapterSwitch()))
          != null) {
        throw new SavedModelException(
            "export: the model has a signature '" + SWITCHABLE + "' of its own");
      }
      SavedModelWriter.of(all.model()).write(target, signatures, checkpoint -> Map.of());
      return all.leftOut();
    }
  }

  /**
   * Writes a SavedModel of a network built here. Modules and biases that train in full are not
   * switched.
   *
   * @param model the model as it stands
   * @param target a directory that is made, or is empty
   * @throws IllegalStateException if the adapters are merged
   * @throws SavedModelException if the directory holds files or cannot be written
   */
  public static void write(AdaptedModel model, Path target) {
    if (model.isMerged()) {
      throw new IllegalStateException(
          "export: the adapters are merged, so that they cannot be kept apart; call unmerge()"
              + " first");
    }
    ExportedSignature serving = NetworkSignature.serving(model);
    Ops tf = model.tf().withSubScope("switch");
    Operand<TFloat32> factor =
        tf.withName(SWITCH).placeholderWithDefault(tf.constant(1f), Shape.scalar());
    // What is fed has no known shape for TensorFlow, which then fuses fewer ops, and the logits
    // would differ from the model's in their last bits.
    Operand<TFloat32> scalar = tf.reshape(factor, tf.constant(new int[0]));
    Layers layers = model.layers("switchable", model.adapters().switchedBy(scalar));
    Operand<TFloat32> logits = model.architecture().forward(layers, model.inputs()).logits();
    ExportedSignature pass = NetworkSignature.of(model, logits);
    write(SavedModelWriter.of(model), serving, switched(pass, factor.asOutput()), target);
  }

  private static void write(
      SavedModelWriter writer,
      ExportedSignature serving,
      ExportedSignature switchable,
      Path target) {
    writer.write(
        target,
        Map.of(SavedModelFile.DEFAULT_SIGNATURE, serving, SWITCHABLE, switchable),
        checkpoint -> Map.of());
  }

  private static void requireFree(ExportedSignature signature) {
    if (signature.inputs().containsKey(SWITCH)) {
      throw new SavedModelException(
          "export: the signature has an input '" + SWITCH + "' of its own, the name of the switch");
    }
  }

  private static ExportedSignature switched(ExportedSignature pass, Output<?> factor) {
    Map<String, Output<?>> inputs = new HashMap<>(pass.inputs());
    inputs.put(SWITCH, factor);
    return new ExportedSignature(inputs, pass.outputs());
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
