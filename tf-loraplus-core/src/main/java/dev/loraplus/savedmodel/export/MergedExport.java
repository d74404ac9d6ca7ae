package dev.loraplus.savedmodel.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.CheckpointKeys;
import dev.loraplus.savedmodel.flat.DataTypes;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.flat.VariableOps;
import dev.loraplus.savedmodel.plan.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TString;

/**
 * SavedModels with W + s B A in the place of W. One that was adapted keeps its {@code
 * saved_model.pb}, byte for byte, and gets variables that the model's own saver wrote.
 */
public final class MergedExport {
  private static final String VARIABLES = "variables";

  private MergedExport() {}

  /**
   * Writes the SavedModel.
   *
   * @param model the model as it stands
   * @param source the SavedModel that it was made of
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written, or the
   *     SavedModel has no saver or holds an adapted weight as a constant
   */
  public static void write(AdaptedSavedModel model, Path source, Path target) {
    requirePossible(model, source);
    SavedModelFile file = SavedModelFile.read(source);
    try {
      ExportDirectory.requireEmpty(target);
      copyAllButVariables(source, target);
      Files.createDirectories(target.resolve(VARIABLES));
    } catch (IOException e) {
      throw new SavedModelException(target + ": cannot be written: " + e, e);
    }
    Map<Kernel, Tensor> values = MergedWeights.read(model);
    try (SavedModelBundle bundle = SavedModelBundle.load(source.toString())) {
      SaverDef saver = bundle.metaGraphDef().getSaverDef();
      assign(bundle, withCopies(bundle, file, values));
      try (TString path =
          TString.scalarOf(target.resolve(VARIABLES).resolve(VARIABLES).toString())) {
        Runs.run(
                bundle
                    .session()
                    .runner()
                    .feed(saver.getFilenameTensorName(), path)
                    .fetch(saver.getSaveTensorName()))
            .close();
      }
    } finally {
      values.values().forEach(Tensor::close);
    }
  }

  /**
   * Writes a SavedModel of a network built here, with the signature {@code serving_default} and
   * nothing beside its weights. Adapters that are not merged are for the time of writing, during
   * which the model must not be used.
   *
   * @param model the model as it stands
   * @param target a directory that is made, or is empty
   * @throws IllegalStateException if the model gives other answers merged, see {@link
   *     AdaptedModel#requireMergeable}
   * @throws SavedModelException if the directory holds files or cannot be written
   */
  public static void write(AdaptedModel model, Path target) {
    if (model.isMerged()) {
      writeWeights(model, target);
      return;
    }
    model.merge();
    try {
      writeWeights(model, target);
    } finally {
      model.unmerge();
    }
  }

  /**
   * Writes a SavedModel of a network without adapters, with the signature {@code serving_default}.
   *
   * @param model the model
   * @param target a directory that is made, or is empty
   * @throws SavedModelException if the directory holds files or cannot be written
   */
  public static void write(PretrainedModel model, Path target) {
    writeWeights(model, target);
  }

  private static void writeWeights(LoadedModel model, Path target) {
    SavedModelWriter.of(model)
        .write(
            target,
            Map.of("serving_default", NetworkSignature.serving(model)),
            checkpoint -> Map.of());
  }

  /**
   * Requires that a model can be merged, before it is trained or anything is written.
   *
   * @param model the model
   * @param source the SavedModel that it was made of
   * @throws SavedModelException if the SavedModel has no saver or holds an adapted weight as a
   *     constant
   */
  public static void requirePossible(AdaptedSavedModel model, Path source) {
    List<String> constants =
        model.adapted().adapters().stream()
            .map(adapter -> adapter.planned().target().kernel())
            .filter(kernel -> kernel.source() == Kernel.Source.CONSTANT)
            .map(Kernel::path)
            .toList();
    if (!constants.isEmpty()) {
      throw new SavedModelException(
          "export: "
              + constants
              + " are constants of the graph, which a merged model keeps as it is; export it with"
              + " adapters apart instead");
    }
    if (SavedModelFile.read(source).meta().getSaverDef().getSaveTensorName().isEmpty()) {
      throw new SavedModelException(
          source
              + ": has no saver, so that it cannot be saved with other weights; export it with"
              + " adapters apart instead");
    }
  }

  /**
   * The new values by node. Variables of the same name and with the very same numbers are copies,
   * of which Python serves another than C++ and Java do. A variable that the saver does not know is
   * saved by the one that stands in for it there.
   */
  private static Map<String, Tensor> withCopies(
      SavedModelBundle bundle, SavedModelFile source, Map<Kernel, Tensor> values) {
    Map<String, List<String>> namesakes = CheckpointKeys.namesakes(source);
    Map<String, String> standIns = CheckpointKeys.standIns(source);
    Map<String, Tensor> byNode = new LinkedHashMap<>();
    Ops tf = Ops.create(bundle.graph()).withSubScope("compare");
    values.forEach(
        (kernel, value) -> {
          String saved = standIns.getOrDefault(kernel.node(), kernel.node());
          byNode.put(saved, value);
          for (String other : namesakes.getOrDefault(saved, List.of())) {
            if (!other.equals(saved)
                && Arrays.equals(
                    bytes(bundle, tf, kernel, saved), bytes(bundle, tf, kernel, other))) {
              byNode.put(other, value);
            }
          }
        });
    return byNode;
  }

  private static byte[] bytes(SavedModelBundle bundle, Ops tf, Kernel kernel, String node) {
    Output<?> variable = bundle.graph().operationOrThrow(node).output(0);
    Output<?> value = VariableOps.read(tf, variable, kernel.dtype());
    try (Result result = Runs.run(bundle.session().runner().fetch(value))) {
      byte[] bytes = new byte[Math.toIntExact(result.get(0).numBytes())];
      result.get(0).asRawTensor().data().read(bytes);
      return bytes;
    }
  }

  private static void assign(SavedModelBundle bundle, Map<String, Tensor> values) {
    Ops tf = Ops.create(bundle.graph()).withSubScope("merge");
    Session.Runner runner = bundle.session().runner();
    values.forEach(
        (node, value) -> {
          Output<?> placeholder = tf.placeholder(DataTypes.type(value.dataType())).asOutput();
          Output<?> variable = bundle.graph().operationOrThrow(node).output(0);
          runner.feed(placeholder, value);
          runner.addTarget(VariableOps.assign(tf, variable, placeholder));
        });
    Runs.run(runner).close();
  }

  /**
   * Copies the model and its assets. The fingerprint is left out: it is of the old variables, and
   * TensorFlow does without it.
   */
  private static void copyAllButVariables(Path source, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(source)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path relative = source.relativize(file);
      if (!relative.startsWith(VARIABLES) && !relative.equals(Path.of("fingerprint.pb"))) {
        Path copy = target.resolve(relative);
        Path parent = copy.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.copy(file, copy);
      }
    }
  }
}
