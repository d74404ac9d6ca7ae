package dev.loraplus.sweep.finetuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepListener;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.training.monitor.LossHistory;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials in one graph against fresh runs: dropout, shuffled batches, Adam's moments. */
final class FineTuningTrialsTest {
  private static final SweepListener QUIET = new SweepListener() {};
  private static final DivergenceRule RULE = new DivergenceRule(100, 8);

  private final Path directory;
  private final Path base;

  FineTuningTrialsTest(@TempDir Path directory) {
    this.directory = directory;
    this.base = ModelDirectory.create(directory.resolve("base"), 0.1);
  }

  private static Dataset examples(int count, long seed) {
    List<Example> examples = new ArrayList<>();
    for (String text : ModelDirectory.texts(count, seed)) {
      examples.add(
          Example.labelled(text, TinyBert.TASK.labels().get(Math.min(2, text.length() / 16))));
    }
    return Dataset.of(examples);
  }

  private static FineTuningConfig config(OptimizerConfig optimizer, LoraConfig lora, long seed) {
    return new FineTuningConfig(
        TinyBert.TASK,
        lora,
        optimizer,
        new TrainingConfig(
            RunLength.steps(5),
            new BatchConfig(4, 1, 16, RowLayout.STANDARD, BatchOrder.SHUFFLED),
            new EvaluationConfig(
                OptionalLong.of(3), Optional.empty(), false, OptionalLong.empty(), 0),
            Optional.empty(),
            seed));
  }

  private static LoraConfig lora(int rank) {
    return LoraConfig.of(rank, 4, TargetModules.named("query", "value"));
  }

  private FineTuningTrials trials() {
    return FineTuningTrials.of(
        base, config(OptimizerConfig.of(1e-3, 4), lora(2), 99), examples(14, 1), examples(9, 2));
  }

  @Test
  void everyTrialIsBitForBitAFreshRun() {
    List<Settings> points =
        SearchSpace.grid(
            List.of(
                Axis.numbers("rateA", 1e-2, 5e-3),
                Axis.numbers("ratio", 1, 8),
                Axis.numbers("rank", 2, 3)));
    SweepResults results;
    try (FineTuningTrials trials = trials()) {
      results =
          new Sweep("tiny", points, List.of(5L, 6L), RULE)
              .run(trials, directory.resolve("r.jsonl"), QUIET);
    }

    for (TrialResult result : results.all()) {
      double rate = result.trial().settings().number("rateA").orElseThrow();
      double ratio = result.trial().settings().number("ratio").orElseThrow();
      int rank = (int) result.trial().settings().number("rank").orElseThrow();
      FineTuningConfig config =
          config(OptimizerConfig.of(rate, ratio), lora(rank), result.trial().seed());
      LossHistory history = new LossHistory();
      try (FineTuning fresh =
          FineTuning.prepare(base, config, examples(14, 1), Optional.of(examples(9, 2)))) {
        TrainingResult trained = fresh.train(history);
        assertThat(result.losses())
            .as(result.trial().text())
            .isEqualTo(history.losses().stream().map(LossHistory.Point::loss).toList());
        assertThat(result.measurements()).hasSameSizeAs(trained.evaluations());
        assertThat(result.metric("loss"))
            .isEqualTo(trained.evaluations().get(trained.evaluations().size() - 1).loss());
      }
    }
  }

  @Test
  void oneGraphServesAllRatesAndEachRankHasItsOwn() {
    try (FineTuningTrials trials = trials()) {
      Settings point = Settings.none().with("rateA", 1e-3).with("rateB", 1e-3);
      String shape = trials.shape(point);

      assertThat(trials.shape(point.with("rateB", 1e-2))).isEqualTo(shape);
      assertThat(trials.shape(point.with("schedule", "cosine"))).isEqualTo(shape);
      assertThat(trials.shape(point.with("init", "A_ZERO"))).isEqualTo(shape);
      assertThat(trials.shape(point.with("rank", 4))).isNotEqualTo(shape);
      assertThat(trials.shape(point.with("rule", "sgd"))).isNotEqualTo(shape);
    }
  }

  @Test
  void zeroAIsAnotherStartOfTheSameModel() {
    List<Settings> starts =
        SearchSpace.grid(List.of(Axis.names("init", "KAIMING_UNIFORM", "A_ZERO")));
    SweepResults results;
    try (FineTuningTrials trials = trials()) {
      results =
          new Sweep("init", starts, List.of(5L), RULE)
              .run(trials, directory.resolve("r.jsonl"), QUIET);
    }

    List<Double> zeroB = results.of(starts.get(0)).get(0).losses();
    List<Double> zeroA = results.of(starts.get(1)).get(0).losses();
    // B A = 0 in both, so the first loss is that of the bare model; then they part.
    assertThat(zeroA.get(0)).isEqualTo(zeroB.get(0));
    assertThat(zeroA.get(2)).isNotEqualTo(zeroB.get(2));
  }

  @Test
  void divergingTrialsLeaveNoTrace() {
    Settings wild = Settings.none().with("rateA", 3e38).with("rule", "sgd");
    Settings tame = Settings.none().with("rateA", 1e-2).with("rule", "sgd");
    SweepResults after;
    SweepResults alone;
    try (FineTuningTrials trials = trials()) {
      after =
          new Sweep("s", List.of(wild, tame), List.of(5L), RULE)
              .run(trials, directory.resolve("after.jsonl"), QUIET);
    }
    try (FineTuningTrials trials = trials()) {
      alone =
          new Sweep("s", List.of(tame), List.of(5L), RULE)
              .run(trials, directory.resolve("alone.jsonl"), QUIET);
    }

    assertThat(after.of(wild).get(0).diverged()).isTrue();
    assertThat(after.of(tame)).isEqualTo(alone.of(tame));
  }

  @Test
  void statisticOfAllExamplesIsTheMetricOfTheEvaluation() {
    SweepResults results;
    Settings point = Settings.none().with("rateA", 1e-2);
    try (FineTuningTrials trials = trials()) {
      results =
          new Sweep("s", List.of(point), List.of(5L), RULE)
              .run(trials, directory.resolve("r.jsonl"), QUIET);
    }
    TrialResult result = results.of(point).get(0);
    double[] predictions = result.scores().examples().stream().mapToDouble(x -> x).toArray();

    for (String metric : List.of("accuracy", "macro_f1", "matthews_correlation")) {
      PairedBootstrap.Statistic statistic = TaskStatistic.of(TinyBert.TASK, metric, examples(9, 2));
      assertThat(statistic.of(predictions, IntStream.range(0, 9).toArray()))
          .as(metric)
          .isEqualTo(result.metric(metric));
    }
  }

  @Test
  void fullTrainingIsAMethodOfItsOwn() {
    Settings full = Settings.none().with("method", "FULL").with("rateA", 1e-2);
    Settings lora = Settings.none().with("rateA", 1e-2);
    SweepResults results;
    long trainedInFull;
    long trainedByLora;
    try (FineTuningTrials trials = trials()) {
      results =
          new Sweep("s", List.of(full, lora), List.of(5L, 6L), RULE)
              .run(trials, directory.resolve("r.jsonl"), QUIET);
      trainedInFull = trials.trainedNumbers(full);
      trainedByLora = trials.trainedNumbers(lora);
    }

    long size;
    try (WeightSource source = WeightSource.open(base)) {
      // The file has a second layer, which the model leaves out.
      size =
          source.tensors().values().stream()
              .filter(tensor -> !tensor.name().contains("layer.1."))
              .mapToLong(tensor -> tensor.shape().size())
              .sum();
    }
    assertThat(trainedInFull).isEqualTo(size);
    // A and B of rank 2 on query and value, 16 x 16, and the head of 3 classes.
    assertThat(trainedByLora).isEqualTo(2 * 2 * (16 + 16) + 3 * 16 + 3);
    assertThat(results.of(full).get(0).losses().get(0))
        .isEqualTo(results.of(lora).get(0).losses().get(0));
    assertThat(results.of(full).get(0).losses().get(4))
        .isNotEqualTo(results.of(lora).get(0).losses().get(4));
    assertThat(results.of(full).get(1).losses()).isNotEqualTo(results.of(full).get(0).losses());
  }

  @Test
  void otherDataIsAnotherSweep() {
    Path file = directory.resolve("r.jsonl");
    Sweep sweep = new Sweep("s", List.of(Settings.none().with("rateA", 1e-2)), List.of(5L), RULE);
    try (FineTuningTrials trials = trials()) {
      sweep.run(trials, file, QUIET);
    }
    try (FineTuningTrials other =
        FineTuningTrials.of(
            base,
            config(OptimizerConfig.of(1e-3, 4), lora(2), 0),
            examples(14, 3),
            examples(9, 2))) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> sweep.run(other, file, QUIET))
          .withMessageContaining("training data is 14 examples");
    }
  }

  @Test
  void unknownAxesAndValuesAreNamed() {
    FineTuningConfig config = config(OptimizerConfig.of(1e-3, 4), lora(2), 0);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FineTuningAxes.apply(config, Settings.none().with("lr", 1)))
        .withMessageEndingWith("got 'lr'");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                FineTuningAxes.apply(
                    config, Settings.none().with("method", "FULL").with("rank", 4)))
        .withMessage("axis rank: is about adapters, which the method FULL does not have");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FineTuningAxes.apply(config, Settings.none().with("method", "HALF")))
        .withMessage("axis method: must be one of [ADAPTERS, FULL], got 'HALF'");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FineTuningAxes.apply(config, Settings.none().with("schedule", "wave")))
        .withMessage("axis schedule: must be one of [constant, cosine, linear], got 'wave'");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                FineTuningAxes.apply(config, Settings.none().with("rateB", 1e-3).with("ratio", 4)))
        .withMessageContaining("name one of them");
  }
}
