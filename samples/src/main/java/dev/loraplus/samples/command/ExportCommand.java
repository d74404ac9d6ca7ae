package dev.loraplus.samples.command;

import dev.loraplus.FineTuning;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Task;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.samples.options.ExportOptions;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.OptimizerOptions;
import dev.loraplus.samples.options.TaskOptions;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.export.TrainableExport;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: SavedModels of a SavedModel or of a network built here, with saved adapters. */
@Command(
    name = "export",
    description = "Writes SavedModels of a model and its saved adapters.",
    customSynopsis = {
      "loraplus export SAVED_MODEL --adapter DIR (--merged DIR | --separate DIR) [OPTION...]",
      "   or: loraplus export --model DIR|NAME [--adapter DIR]"
          + " (--merged DIR | --separate DIR | --trainable DIR) [OPTION...]"
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SAVED_MODEL",
      description = "Directory with saved_model.pb, whose adapters adapt saved.")
  private @Nullable Path directory;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The SavedModel's signature that was adapted; default: serving_default.")
  private @Nullable String signature;

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME",
      description = "Instead of a SavedModel: a model whose adapter finetune saved.")
  private @Nullable String model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "The adapters; without them a model is exported as it is.")
  private @Nullable Path adapter;

  @Mixin private final ExportOptions exports = new ExportOptions();

  @Option(
      names = "--trainable",
      paramLabel = "DIR",
      description = {
        "Write a SavedModel that goes on learning in any TensorFlow runtime.",
        "Of a SavedModel adapt writes it, which knows the loss."
      })
  private @Nullable Path trainable;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Decides the dropout of the trainable one; default: 0.")
  private @Nullable Long seed;

  @Mixin private final TaskOptions tasks = new TaskOptions();
  @Mixin private final OptimizerOptions optimizer = new OptimizerOptions();

  /** For picocli. */
  public ExportCommand() {}

  @Override
  public Integer call() {
    PrintWriter console = spec.commandLine().getOut();
    GivenOptions given = new GivenOptions(spec);
    if (trainable == null) {
      given.refuse("optimizer", "only --trainable learns");
      given.refuse("--seed", "only --trainable learns");
    }
    if (directory != null && model == null) {
      given.refuse("--trainable", "adapt writes it, which knows the loss");
      given.refuse("tasks", "a SavedModel has its own outputs");
      exportSavedModel(directory, console);
    } else if (model != null && directory == null) {
      given.refuse("--signature", "only a SavedModel has some");
      exportNetwork(ModelOptions.of(model), console);
    } else {
      throw new ConfigurationException("either a SAVED_MODEL or --model must be given");
    }
    console.flush();
    return 0;
  }

  private void exportSavedModel(Path source, PrintWriter console) {
    exports.requireAny();
    Path saved = required("a SavedModel");
    String name = signature == null ? SavedModelFile.DEFAULT_SIGNATURE : signature;
    try (AdaptedSavedModel adapted = AdapterFiles.load(FlatGraph.of(source, name), saved)) {
      exports.write(adapted, source, name, console);
    }
  }

  private void exportNetwork(ModelOptions source, PrintWriter console) {
    if (trainable == null) {
      exports.requireAny();
    }
    Task task = LearnedTask.of(source, adapter, tasks);
    if (adapter == null && trainable == null && !exports.separate()) {
      try (PretrainedModel plain = FineTuning.load(source.directory(), task)) {
        exports.write(plain, console);
      }
      return;
    }
    Path saved = required(trainable == null ? "--separate" : "--trainable");
    OptimizerConfig learning = trainable == null ? null : constantRate();
    try (AdaptedModel adapted = FineTuning.load(source.directory(), saved, task)) {
      exports.write(adapted, console);
      if (trainable != null && learning != null) {
        LoraPlusOptimizer steps =
            new LoraPlusOptimizer(adapted.graph(), learning, adapted.parameters());
        TrainableExport.write(adapted, task, steps, seed == null ? 0 : seed, trainable);
        console.println("model that trains: " + trainable);
      }
    }
  }

  private OptimizerConfig constantRate() {
    OptimizerConfig config = optimizer.config();
    if (!config.schedule().equals(Schedule.constant())) {
      throw new ConfigurationException(
          "--schedule, --warmup: the learning rate of --trainable is an input of each step, which"
              + " leaves nothing to a schedule; leave them out");
    }
    return config;
  }

  private Path required(String by) {
    if (adapter == null) {
      throw new ConfigurationException("--adapter: must be given for " + by);
    }
    return adapter;
  }
}
