package dev.loraplus.savedmodel.export;

import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * A SavedModel that trains itself, in any TensorFlow runtime and without this library:
 *
 * <table>
 * <caption>Signatures</caption>
 * <tr><th>name</th><th>inputs</th><th>outputs</th></tr>
 * <tr><td>train</td><td>the model's, those of the loss, {@code learning_rate}</td>
 *     <td>{@code loss} before the step</td></tr>
 * <tr><td>evaluate</td><td>the model's, those of the loss</td><td>{@code loss}</td></tr>
 * <tr><td>predict, serving_default</td><td>the model's</td><td>the model's</td></tr>
 * <tr><td>save, restore</td><td>{@code path} of a checkpoint</td><td>{@code path}</td></tr>
 * </table>
 *
 * A step is one of LoRA+, with the optimizer's rule, ratio, decay and clipping; {@code
 * learning_rate} is eta_A, in the schedule's stead.
 */
public final class TrainableExport {
  /** The key of eta_A. */
  public static final String LEARNING_RATE = "learning_rate";

  private static final String LOSS = "loss";
  private static final String PATH = "path";

  private TrainableExport() {}

  /**
   * Writes the SavedModel; the optimizer's state goes with it.
   *
   * @param tuning a run, before or after any number of steps
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written, adapters have
   *     dropout, or a key is taken
   */
  public static void write(SavedModelTuning tuning, Path target) {
    AdaptedSavedModel model = tuning.model();
    if (model.trainingSwitch().isPresent()) {
      throw new SavedModelException(
          "export: a SavedModel that trains itself has no dropout; set dropout to 0");
    }
    Ops tf = model.tf().withSubScope("trainable");
    Operand<TFloat32> rate =
        tf.withName(LEARNING_RATE).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    var step =
        tuning.optimizer().trainStep(tuning.loss().mean(), tf.dtypes.cast(rate, TFloat64.class));
    Operand<TFloat32> loss =
        tf.withName("stepped")
            .withControlDependencies(step.update())
            .identity(tuning.loss().mean());
    ExportedSignature serving = SeparateExport.serving(model);
    Map<String, Output<?>> batch = new HashMap<>(serving.inputs());
    batch.putAll(tuning.loss().feeds());
    Map<String, Output<?>> stepped = new HashMap<>(batch);
    if (stepped.put(LEARNING_RATE, rate.asOutput()) != null) {
      throw new SavedModelException(
          "export: '"
              + LEARNING_RATE
              + "' is an input already; rename it to export a model that"
              + " trains");
    }
    new SavedModelWriter(model)
        .write(
            target,
            Map.of(
                "train",
                new ExportedSignature(stepped, Map.of(LOSS, loss.asOutput())),
                "evaluate",
                new ExportedSignature(batch, Map.of(LOSS, tuning.loss().mean().asOutput())),
                "predict",
                serving,
                "serving_default",
                serving),
            checkpoint ->
                Map.of(
                    "save", ofPath(checkpoint, checkpoint.saved()),
                    "restore", ofPath(checkpoint, checkpoint.restored())));
  }

  private static ExportedSignature ofPath(CheckpointOps checkpoint, Operand<?> done) {
    return new ExportedSignature(
        Map.of(PATH, checkpoint.filename().asOutput()), Map.of(PATH, done.asOutput()));
  }
}
