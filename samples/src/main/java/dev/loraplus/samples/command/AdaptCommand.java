package dev.loraplus.samples.command;

import dev.loraplus.config.TargetModules;
import dev.loraplus.samples.options.AdapterOptions;
import dev.loraplus.samples.options.CheckpointOptions;
import dev.loraplus.samples.options.EvaluationOptions;
import dev.loraplus.samples.options.ExampleOptions;
import dev.loraplus.samples.options.ExportOptions;
import dev.loraplus.samples.options.OptimizerOptions;
import dev.loraplus.samples.options.PlacementOption;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.TuningRun;
import dev.loraplus.savedmodel.TuningRunConfig;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.export.TrainableExport;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code adapt}: trains adapters on a SavedModel. */
@Command(
    name = "adapt",
    description = "Trains adapters on a SavedModel.",
    customSynopsis =
        "loraplus adapt SAVED_MODEL --data FILE --output KEY --loss KIND --out DIR [OPTION...]",
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
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature to adapt; default: ${DEFAULT-VALUE}.")
  private String signature = SavedModelFile.DEFAULT_SIGNATURE;

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

  @Mixin private final PlacementOption placement = new PlacementOption();

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

  @Mixin private final ExampleOptions examples = new ExampleOptions();
  @Mixin private final EvaluationOptions evaluation = new EvaluationOptions();
  @Mixin private final CheckpointOptions checkpoints = new CheckpointOptions();
  @Mixin private final AdapterOptions adapters = new AdapterOptions();
  @Mixin private final OptimizerOptions optimizer = new OptimizerOptions();
  @Mixin private final ExportOptions exports = new ExportOptions();

  /** For picocli. */
  public AdaptCommand() {}

  @Override
  public Integer call() {
    Outputs.requireDirectory("--out", out, directory);
    if (!examples.scores()) {
      evaluation.requireNone();
    }
    TuningRunConfig config =
        new TuningRunConfig(
            examples.output(),
            examples.task(),
            epochs,
            batch,
            evaluation.config(),
            checkpoints.config());
    PrintWriter console = spec.commandLine().getOut();
    ExampleOptions.Data data =
        examples.read(SavedModelFile.read(directory).signature(signature), console);
    try (SavedModelTuning tuning =
        SavedModelTuning.of(FlatGraph.of(directory, signature))
            .lora(adapters.config(TargetModules::allLinear))
            .placement(placement.get())
            .loss(examples.task().on(examples.output()))
            .optimizer(optimizer.config())
            .totalSteps(config.steps(data.training().rows()))
            .seed(seed)
            .prepare()) {
      exports.requirePossible(tuning.model(), directory);
      if (trainable != null) {
        TrainableExport.requirePossible(tuning);
      }
      console.println(tuning.plan().render());
      console.print(tuning.model().adapted().plan().report());
      console.flush();
      TuningRun run = new TuningRun(tuning, config, data.training(), data.development());
      resume(run, console);
      report(run.run(listeners(data.training().rows(), console)), console);
      AdapterFiles.save(tuning.model(), out, directory.toString());
      console.println("adapter: " + out);
      exports.write(tuning.model(), directory, signature, console);
      if (trainable != null) {
        TrainableExport.write(tuning, directory, signature, trainable)
            .forEach(
                (name, reason) -> console.println("left out: signature " + name + ": " + reason));
        console.println("model that trains: " + trainable);
      }
      console.flush();
    }
    return 0;
  }

  private void resume(TuningRun run, PrintWriter console) {
    if (checkpoints.resume()) {
      console.println(RunLines.resumed(run.resume()));
    }
  }

  private List<TrainingListener> listeners(int rows, PrintWriter console) {
    return List.of(new EpochLines(console, rows, batch));
  }

  private void report(TrainingResult result, PrintWriter console) {
    console.println(RunLines.ended(result));
    if (evaluation.config().keepBest()) {
      console.println(
          result
              .best()
              .map(best -> "best, step " + best.step() + ": " + Scores.text(best))
              .orElse(RunLines.NO_BEST));
    }
  }
}
