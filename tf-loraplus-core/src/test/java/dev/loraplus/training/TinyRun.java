package dev.loraplus.training;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.Target;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A model directory, a configuration and data; {@link #start} makes a fresh model of them. */
final class TinyRun {
  private final Path directory;
  private Task task = TinyBert.TASK;
  private LoraConfig lora = TinyBert.queryAndValue();
  private OptimizerConfig optimizer = OptimizerConfig.of(5e-3, 4);
  private RunLength length = RunLength.steps(4);
  private int batchSize = 4;
  private int accumulation = 1;
  private RowLayout layout = RowLayout.STANDARD;
  private BatchOrder order = BatchOrder.SEQUENTIAL;
  private EvaluationConfig evaluation = EvaluationConfig.everyEpoch();
  private Optional<CheckpointConfig> checkpoints = Optional.empty();
  private ComputeConfig compute = ComputeConfig.exact();
  private long seed = 7;
  private List<Example> training = labelled(14, 1);
  private Optional<List<Example>> evaluated = Optional.empty();

  TinyRun(Path directory) {
    this.directory = directory;
  }

  /** Texts whose class is decided by their length. */
  static List<Example> labelled(int count, long seed) {
    List<Example> examples = new ArrayList<>();
    for (String text : ModelDirectory.texts(count, seed)) {
      examples.add(
          Example.labelled(text, TinyBert.TASK.labels().get(Math.min(2, text.length() / 16))));
    }
    return examples;
  }

  /** The same texts with other classes: what is learned of one is wrong for the other. */
  static List<Example> mislabelled(int count, long seed) {
    List<Example> examples = new ArrayList<>();
    for (Example example : labelled(count, seed)) {
      String other = example.target().equals(new Target.Label("a")) ? "c" : "a";
      examples.add(Example.labelled(example.text(), other));
    }
    return examples;
  }

  TinyRun task(Task newTask) {
    task = newTask;
    return this;
  }

  TinyRun lora(LoraConfig config) {
    lora = config;
    return this;
  }

  TinyRun optimizer(OptimizerConfig config) {
    optimizer = config;
    return this;
  }

  TinyRun length(RunLength runLength) {
    length = runLength;
    return this;
  }

  TinyRun batches(int size, int batchesOfAStep, BatchOrder visits) {
    batchSize = size;
    accumulation = batchesOfAStep;
    order = visits;
    return this;
  }

  TinyRun layout(RowLayout rows) {
    layout = rows;
    return this;
  }

  TinyRun evaluation(List<Example> examples, EvaluationConfig config) {
    evaluated = Optional.of(examples);
    evaluation = config;
    return this;
  }

  TinyRun checkpoints(Path place) {
    checkpoints = Optional.of(new CheckpointConfig(place, 1, 100));
    return this;
  }

  TinyRun compute(ComputeConfig config) {
    compute = config;
    return this;
  }

  TinyRun seed(long value) {
    seed = value;
    return this;
  }

  TinyRun training(List<Example> examples) {
    training = examples;
    return this;
  }

  /** By loss, with the best state kept. */
  static EvaluationConfig byLoss(long every, boolean keepBest, OptionalLong patience) {
    Optional<String> metric =
        keepBest || patience.isPresent() ? Optional.of("loss") : Optional.empty();
    return new EvaluationConfig(OptionalLong.of(every), metric, keepBest, patience, 0);
  }

  Started start() {
    FineTuningConfig config =
        new FineTuningConfig(
            task,
            lora,
            optimizer,
            new TrainingConfig(
                length,
                new BatchConfig(batchSize, accumulation, 16, layout, order),
                evaluation,
                checkpoints,
                seed),
            compute);
    TrainingData data;
    try (TextTokenizer tokenizer = TextTokenizer.load(directory)) {
      data =
          TrainingData.encode(config, tokenizer, Dataset.of(training), evaluated.map(Dataset::of));
    }
    AdaptedModel model =
        AdaptedModel.build(
            Architectures.read(directory, task), WeightSource.open(directory), lora, compute, seed);
    try {
      return new Started(model, Trainer.create(model, config, data), task);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The loss of each step of a run from the start. */
  List<Double> losses() {
    List<Double> losses = new ArrayList<>();
    try (Started started = start()) {
      started.run(
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              losses.add(report.loss());
            }
          });
    }
    return losses;
  }

  /** A fresh model with its trainer. */
  record Started(AdaptedModel model, Trainer trainer, Task task) implements AutoCloseable {
    TrainingResult run(TrainingListener... listeners) {
      return trainer.run(List.of(listeners));
    }

    /** The adapter's file as it would be saved now. */
    byte[] adapter() {
      try {
        Path target = Files.createTempDirectory("adapter");
        new AdapterDirectory(target).save(model, BaseModel.of("tiny", task));
        byte[] bytes = Files.readAllBytes(target.resolve("adapter_model.safetensors"));
        MoreFiles.deleteRecursively(target, RecursiveDeleteOption.ALLOW_INSECURE);
        return bytes;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
