package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.samples.corpus.Halves;
import dev.loraplus.samples.options.ComputeOptions;
import dev.loraplus.samples.options.ModelOptions;
import dev.loraplus.samples.paper.RunOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model is fine-tuned on what. */
@Command(name = "Experiment")
public final class ExperimentOptions {
  /** r, and alpha too, as in the paper. */
  static final int RANK = 8;

  /** One rate for the fresh head in all trials, so that only the adapters' rates differ. */
  private static final double HEAD_RATE = 5e-3;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME",
      defaultValue = "minilm",
      description = "A model directory, minilm or bert-base; default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Option(
      names = "--glue",
      paramLabel = "DIR",
      description = "GLUE's download, for --task; without it, --data needs no download.")
  private @Nullable Path glue;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "mnli, qqp, qnli, sst-2, mrpc, cola, rte or sts-b, of --glue.")
  private @Nullable GlueTask task;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = {
        "Instead of --glue, data of Maven Central: wordnet (definitions and their classes),",
        "acceptability (LanguageTool's sentences, as CoLA) or sts (as STS-B); default: wordnet."
      })
  private @Nullable BundledTask bundled;

  @Mixin private final ScaleOptions scale = new ScaleOptions();
  @Mixin private final ComputeOptions compute = new ComputeOptions();

  /** For picocli. */
  public ExperimentOptions() {}

  RunOptions run() {
    return run;
  }

  /** The task of GLUE, if it is one. */
  Optional<GlueTask> task() {
    return Optional.ofNullable(task);
  }

  /**
   * The experiment.
   *
   * @return data, model and what trials have in common
   * @throws ConfigurationException if the options do not fit together
   */
  Experiment experiment() {
    Source source = source();
    Scale amount = scale();
    ModelOptions chosen = ModelOptions.of(model);
    Dataset training = sample(source.data().training(), amount.trainingTexts());
    Dataset development = sample(source.data().development(), amount.developmentTexts());
    Task learned =
        source.labels().isEmpty()
            ? new Task.Regression(chosen.pooling())
            : new Task.Classification(source.labels(), chosen.pooling());
    return new Experiment(
        ModelOptions.displayName(model) + " on " + source.name(),
        chosen.directory(),
        config(learned, chosen, amount, amount.steps(training.size())),
        source.metric(),
        training,
        development,
        amount);
  }

  /**
   * Data with what is learned of it.
   *
   * @param name for people
   * @param labels the classes; none for a regression
   * @param metric that decides
   * @param data to learn from and to score on
   */
  private record Source(String name, List<String> labels, String metric, Halves data) {}

  private Source source() {
    if ((glue == null) != (task == null)) {
      throw new ConfigurationException("--glue and --task: name both or neither");
    }
    if (glue == null || task == null) {
      BundledTask chosen = bundled == null ? BundledTask.WORDNET : bundled;
      return new Source(chosen.displayName(), chosen.labels(), chosen.metric(), chosen.data());
    }
    if (bundled != null) {
      throw new ConfigurationException("--data: is instead of --glue and --task, name either");
    }
    return new Source(
        task.displayName(),
        task.labels(),
        task.metric(),
        new Halves(task.training(glue), task.development(glue)));
  }

  private Scale scale() {
    if (run.small()) {
      return scale.scale(Scale.SMALL);
    }
    return scale.scale(
        task == GlueTask.SST_2 ? Scale.FULL.withLength(RunLength.epochs(10)) : Scale.FULL);
  }

  /** The paper's optimizer: AdamW (0.9, 0.99, 1e-8), no decay, linear schedule, no warmup. */
  private FineTuningConfig config(Task learned, ModelOptions chosen, Scale amount, long steps) {
    OptimizerConfig optimizer =
        new OptimizerConfig(
            new UpdateRule.AdamW(0.9, 0.99, 1e-8),
            2e-4,
            1,
            OptionalDouble.empty(),
            OptionalDouble.of(HEAD_RATE),
            OptionalDouble.empty(),
            DecayExclusions.standard(),
            OptionalDouble.empty(),
            Schedule.linear(),
            true);
    return new FineTuningConfig(
        learned,
        LoraConfig.of(RANK, RANK, chosen.targets()),
        optimizer,
        new TrainingConfig(
            amount.length(),
            new BatchConfig(
                amount.batchSize(),
                1,
                amount.maxLength(),
                new RowLayout.Padded(amount.paddedLengths()),
                BatchOrder.GROUPED_BY_LENGTH),
            new EvaluationConfig(
                OptionalLong.of(Math.max(1, steps / amount.evaluations())),
                Optional.empty(),
                false,
                OptionalLong.empty(),
                0),
            Optional.empty(),
            0),
        compute.config());
  }

  /** A random part of the data, the same everywhere: files may be in order of their labels. */
  private static Dataset sample(Dataset data, int most) {
    if (data.size() <= most) {
      return data;
    }
    List<Example> shuffled = new ArrayList<>(data.examples());
    Collections.shuffle(shuffled, new Random(0));
    return Dataset.of(shuffled.subList(0, most));
  }
}
