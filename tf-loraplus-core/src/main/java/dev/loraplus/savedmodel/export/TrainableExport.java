package dev.loraplus.savedmodel.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.Task;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.loss.TaskLoss;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

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
 * {@link #write(SavedModelTuning, Path, String, Path)} adds the model's other signatures, which
 * know what is learned.
 *
 * <p>A step is one of LoRA+, with the optimizer's rule, ratio, decay and clipping; {@code
 * learning_rate} is eta_A, in the schedule's stead.
 */
public final class TrainableExport {
  /** The key of eta_A. */
  public static final String LEARNING_RATE = "learning_rate";

  private static final String LOSS = "loss";
  private static final String PATH = "path";
  private static final String SCOPE = "trainable";

  /** The names of its own signatures, but for the one that serves. */
  private static final Set<String> OWN = Set.of("train", "evaluate", "predict", "save", "restore");

  private TrainableExport() {}

  /** What works on a batch. */
  private record Signatures(
      ExportedSignature serving, ExportedSignature evaluate, ExportedSignature train) {}

  /**
   * Writes the SavedModel with the adapted signature alone; the optimizer's state goes with it.
   *
   * @param tuning a run, before or after any number of steps
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written, adapters have
   *     dropout, or a key is taken
   */
  public static void write(SavedModelTuning tuning, Path target) {
    requirePossible(tuning);
    write(SavedModelWriter.of(tuning.model()), signatures(tuning), Map.of(), target);
  }

  /**
   * Writes the SavedModel with all signatures of the one that it was made of. A signature {@code
   * serving_default} of the model stays the model's, also where another one was adapted.
   *
   * @param tuning a run, before or after any number of steps
   * @param source the SavedModel that it was made of
   * @param signature name of the signature that was adapted
   * @param target a directory that is made, or is empty
   * @return reasons by name of the signatures that are left out: they cannot have the adapters, or
   *     have the name of one that trains
   * @throws SavedModelException if the directory holds files or cannot be written, adapters have
   *     dropout, or a key is taken
   */
  public static Map<String, String> write(
      SavedModelTuning tuning, Path source, String signature, Path target) {
    requirePossible(tuning);
    OtherSignatures others = OtherSignatures.addTo(tuning.model(), source, signature);
    Map<String, ExportedSignature> kept = new HashMap<>(others.signatures());
    Map<String, String> leftOut = new TreeMap<>(others.leftOut());
    Map<String, ExportedSignature> asked = new HashMap<>(kept);
    if (!signature.equals(SavedModelFile.DEFAULT_SIGNATURE)) {
      asked.put(signature, SeparateExport.serving(tuning.model()));
    }
    asked.forEach(
        (name, each) -> {
          if (OWN.contains(name)) {
            kept.remove(name);
            leftOut.put(name, "has the name of a signature that trains");
          } else {
            kept.put(name, each);
          }
        });
    write(SavedModelWriter.of(tuning.model()), signatures(tuning), kept, target);
    return leftOut;
  }

  /**
   * Requires that a run can be exported, before it begins.
   *
   * @param tuning the run
   * @throws SavedModelException if adapters have dropout, or a key is taken
   */
  public static void requirePossible(SavedModelTuning tuning) {
    if (tuning.model().trainingSwitch().isPresent()) {
      throw new SavedModelException(
          "export: a SavedModel that trains itself has no dropout; set dropout to 0");
    }
    Map<String, Output<?>> batch = batch(tuning);
    if (batch.containsKey(LEARNING_RATE)) {
      throw new SavedModelException(
          "export: '"
              + LEARNING_RATE
              + "' is an input already; rename it to export a model that"
              + " trains");
    }
  }

  private static Map<String, Output<?>> batch(SavedModelTuning tuning) {
    Map<String, Output<?>> batch = new HashMap<>(SeparateExport.serving(tuning.model()).inputs());
    batch.putAll(tuning.loss().feeds());
    return batch;
  }

  private static Signatures signatures(SavedModelTuning tuning) {
    Map<String, Output<?>> batch = batch(tuning);
    Operand<TFloat32> mean = tuning.loss().mean();
    Ops tf = tuning.model().tf().withSubScope(SCOPE);
    return new Signatures(
        SeparateExport.serving(tuning.model()),
        new ExportedSignature(batch, Map.of(LOSS, mean.asOutput())),
        train(tf, tuning.optimizer(), mean, batch));
  }

  /**
   * Writes a SavedModel of a network built here that trains itself, with the network's dropout and
   * its adapters'. The labels are those of {@link TaskLoss}. The optimizer's state goes with it;
   * its step counter decides, with a seed, what dropout drops, as in other runs of this library.
   *
   * @param model the model as it stands
   * @param task what it learns to give; its head is the model's
   * @param optimizer of the model's graph and parameters, before or after any number of steps
   * @param seed decides the dropout
   * @param target a directory that is made, or is empty
   * @throws IllegalStateException if the adapters are merged
   * @throws SavedModelException if the directory holds files or cannot be written
   */
  public static void write(
      AdaptedModel model, Task task, LoraPlusOptimizer optimizer, long seed, Path target) {
    Ops tf = model.tf().withSubScope(SCOPE);
    TaskLoss loss = TaskLoss.of(tf, task);
    ModelInputs inputs = model.inputs();
    ModelInputs stepped =
        new ModelInputs(
            inputs.ids(), inputs.mask(), inputs.typeIds(), randomness(tf, optimizer, seed));
    Operand<TFloat32> dropped = loss.mean(model.trainingPass(stepped).logits());
    ExportedSignature serving = NetworkSignature.serving(model);
    Map<String, Output<?>> batch = new HashMap<>(serving.inputs());
    batch.put(SignatureLoss.LABELS, loss.labels());
    Operand<TFloat32> mean = loss.mean(model.outputs().logits());
    write(
        SavedModelWriter.of(model),
        new Signatures(
            serving,
            new ExportedSignature(batch, Map.of(LOSS, mean.asOutput())),
            train(tf, optimizer, dropped, batch)),
        Map.of(),
        target);
  }

  /** (seed, steps taken). */
  private static Operand<TInt64> randomness(Ops tf, LoraPlusOptimizer optimizer, long seed) {
    Output<?> steps =
        optimizer.state().stream()
            .filter(variable -> variable.name().equals("step"))
            .map(variable -> variable.value().asOutput())
            .findFirst()
            .orElseThrow();
    return tf.stack(List.of(tf.constant(seed), steps.expect(TInt64.class)));
  }

  /** A step at a given eta_A; the loss is that before it. */
  private static ExportedSignature train(
      Ops tf, LoraPlusOptimizer optimizer, Operand<TFloat32> mean, Map<String, Output<?>> batch) {
    Operand<TFloat32> rate =
        tf.withName(LEARNING_RATE).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    Op update = optimizer.trainStep(mean, tf.dtypes.cast(rate, TFloat64.class)).update();
    Operand<TFloat32> loss = tf.withName("stepped").withControlDependencies(update).identity(mean);
    Map<String, Output<?>> inputs = new HashMap<>(batch);
    inputs.put(LEARNING_RATE, rate.asOutput());
    return new ExportedSignature(inputs, Map.of(LOSS, loss.asOutput()));
  }

  private static void write(
      SavedModelWriter writer,
      Signatures signatures,
      Map<String, ExportedSignature> others,
      Path target) {
    Map<String, ExportedSignature> all = new HashMap<>(others);
    all.put("train", signatures.train());
    all.put("evaluate", signatures.evaluate());
    all.put("predict", signatures.serving());
    all.putIfAbsent(SavedModelFile.DEFAULT_SIGNATURE, signatures.serving());
    writer.write(
        target,
        all,
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
