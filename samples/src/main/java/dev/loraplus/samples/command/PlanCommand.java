package dev.loraplus.samples.command;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Task;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.samples.options.AdapterOptions;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.options.OptimizerOptions;
import dev.loraplus.samples.options.TaskKind;
import dev.loraplus.samples.options.TaskOptions;
import dev.loraplus.training.TrainingPlan;
import dev.loraplus.weights.WeightSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code plan}: shows what a run would train, without data. */
@Command(
    name = "plan",
    description = "Shows what finetune would train and at which rates, without data.",
    customSynopsis = "loraplus plan --model DIR|NAME [--classes N] [OPTIONS]",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class PlanCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes, where --labels does not name them.")
  private @Nullable Integer classes;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Length of the run, for schedules; default: ${DEFAULT-VALUE}.")
  private long steps = 1000;

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final TaskOptions tasks = new TaskOptions();
  @Mixin private final AdapterOptions adapters = new AdapterOptions();
  @Mixin private final OptimizerOptions optimizer = new OptimizerOptions();

  /** For picocli. */
  public PlanCommand() {}

  @Override
  public Integer call() {
    Path directory = model.directory();
    Faults faults = new Faults();
    Task task = faults.collect(() -> tasks.task(model, this::numbered));
    LoraConfig lora = faults.collect(() -> adapters.config(model::targets));
    OptimizerConfig rates = faults.collect(optimizer::config);
    faults.collect(() -> RunLength.steps(steps));
    faults.require(
        classes == null || tasks.labels().isEmpty(), "--classes: --labels says it already");
    faults.require(
        classes == null || tasks.kind() == TaskKind.CLASSIFICATION,
        "--classes: only a classification has classes, got %s",
        classes);
    faults.throwIfAny();
    Architecture architecture = Architectures.read(directory, Faults.built(task));
    PrintWriter console = spec.commandLine().getOut();
    try (AdaptedModel adapted =
        AdaptedModel.build(architecture, WeightSource.open(directory), Faults.built(lora), 0)) {
      console.print(TrainingPlan.of(adapted, Faults.built(rates), steps).render());
    }
    console.flush();
    return 0;
  }

  private List<String> numbered() {
    if (classes == null) {
      throw new ConfigurationException(
          "--classes: say how many classes there are, or name them with --labels");
    }
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }
}
