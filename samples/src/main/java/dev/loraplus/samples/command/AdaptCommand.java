package dev.loraplus.samples.command;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.TargetModules;
import dev.loraplus.samples.options.AdapterOptions;
import dev.loraplus.samples.options.ExportOptions;
import dev.loraplus.samples.options.LossKind;
import dev.loraplus.samples.options.OptimizerOptions;
import dev.loraplus.samples.tensors.NpzBatches;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.export.TrainableExport;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code adapt}: trains adapters on a SavedModel. */
@Command(
    name = "adapt",
    description = "Trains adapters on a SavedModel with named arrays.",
    customSynopsis =
        "loraplus adapt SAVED_MODEL --data FILE.npz --output KEY --loss KIND --out DIR [OPTION...]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class AdaptCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "SAVED_MODEL", description = "Directory with saved_model.pb.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path directory;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE.npz",
      description = "Arrays named as the signature's inputs, and one named labels.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path data;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature to adapt; default: ${DEFAULT-VALUE}.")
  private String signature = SavedModelFile.DEFAULT_SIGNATURE;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "KEY",
      description = "The output that the loss is on.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String output;

  @Option(
      names = "--loss",
      required = true,
      paramLabel = "KIND",
      description = {
        "What the output is: logits or probabilities of classes, binary-logits,",
        "binary-probabilities or numbers."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private LossKind loss;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the data; default: ${DEFAULT-VALUE}.")
  private int epochs = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Examples of a step; default: ${DEFAULT-VALUE}.")
  private int batch = 32;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Decides the start of adapters, dropout and the order of examples.")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the adapters go.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path out;

  @Option(
      names = "--trainable",
      paramLabel = "DIR",
      description = "Write a SavedModel that goes on learning in any TensorFlow runtime.")
  private @Nullable Path trainable;

  @Mixin private final AdapterOptions adapters = new AdapterOptions();
  @Mixin private final OptimizerOptions optimizer = new OptimizerOptions();
  @Mixin private final ExportOptions exports = new ExportOptions();

  /** For picocli. */
  public AdaptCommand() {}

  @Override
  public Integer call() {
    if (epochs < 1 || batch < 1) {
      throw new ConfigurationException(
          "--epochs and --batch: must be at least 1, got " + epochs + " and " + batch);
    }
    Outputs.requireDirectory("--out", out, directory);
    NpzBatches batches = new NpzBatches(data, types());
    long steps = (long) epochs * ((batches.rows() + batch - 1) / batch);
    try (SavedModelTuning tuning =
        SavedModelTuning.of(FlatGraph.of(directory, signature))
            .lora(adapters.config(TargetModules::allLinear))
            .loss(loss.on(output))
            .optimizer(optimizer.config())
            .totalSteps(steps)
            .seed(seed)
            .prepare()) {
      PrintWriter console = spec.commandLine().getOut();
      console.println(tuning.plan().render());
      console.print(tuning.model().adapted().plan().report());
      train(tuning, batches, console);
      AdapterFiles.save(tuning.model(), out, directory.toString());
      console.println("adapter: " + out);
      exports.write(tuning.model(), directory, console);
      if (trainable != null) {
        TrainableExport.write(tuning, trainable);
        console.println("model that trains: " + trainable);
      }
      console.flush();
    }
    return 0;
  }

  private Map<String, DataType> types() {
    SignatureDef definition = SavedModelFile.read(directory).signature(signature);
    Map<String, DataType> types = new HashMap<>();
    definition.getInputsMap().forEach((key, info) -> types.put(key, info.getDtype()));
    types.put(SignatureLoss.LABELS, loss.labels());
    return types;
  }

  private void train(SavedModelTuning tuning, NpzBatches batches, PrintWriter console) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      double sum = 0;
      List<int[]> order = batches.epoch(batch, seed + epoch);
      for (int[] rows : order) {
        Map<String, Tensor> tensors = batches.tensors(rows);
        try {
          sum += tuning.step(tensors).loss() * rows.length;
        } finally {
          tensors.values().forEach(Tensor::close);
        }
      }
      console.println(
          String.format(Locale.ROOT, "epoch %d: mean loss %.4f", epoch + 1, sum / batches.rows()));
      console.flush();
    }
  }
}
