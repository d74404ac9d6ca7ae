package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.samples.LabelledText;
import dev.loraplus.samples.WordNetGlosses;
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

  private static final int WORDNET_TRAINING = 6000;
  private static final int WORDNET_DEVELOPMENT = 1000;

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
      description = "GLUE's download; default: WordNet's classes, which need no download.")
  private @Nullable Path glue;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "mnli, qqp, qnli, sst-2, mrpc, cola, rte or sts-b, of --glue.")
  private @Nullable GlueTask task;

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
    if ((glue == null) != (task == null)) {
      throw new ConfigurationException("--glue and --task: name both or neither");
    }
    Scale amount = scale();
    ModelOptions chosen = ModelOptions.of(model);
    Dataset training;
    Dataset development;
    Task learned;
    String metric = "accuracy";
    String data = "WordNet's classes";
    if (glue != null && task != null) {
      training = task.training(glue);
      development = task.development(glue);
      metric = task.metric();
      data = task.displayName();
      learned =
          task.labels().isEmpty()
              ? new Task.Regression(chosen.pooling())
              : new Task.Classification(task.labels(), chosen.pooling());
    } else {
      WordNetGlosses.Split split =
          WordNetGlosses.load().split(WORDNET_TRAINING, WORDNET_DEVELOPMENT, 0);
      training = dataset(split.train());
      development = dataset(split.development());
      learned = new Task.Classification(WordNetGlosses.labels(), chosen.pooling());
    }
    training = sample(training, amount.trainingTexts());
    development = sample(development, amount.developmentTexts());
    return new Experiment(
        model + " on " + data,
        chosen.directory(),
        config(learned, chosen, amount, amount.steps(training.size())),
        metric,
        training,
        development,
        amount);
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
                amount.paddedLengths(),
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

  private static Dataset dataset(List<LabelledText> texts) {
    return Dataset.of(
        texts.stream().map(text -> Example.labelled(text.text(), text.label())).toList());
  }
}
