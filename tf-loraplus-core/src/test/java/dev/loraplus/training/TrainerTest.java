package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.data.Example;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.optimizer.NotFiniteException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

final class TrainerTest {
  private final Path directory;

  TrainerTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path base(double dropout) {
    return ModelDirectory.create(directory.resolve("base"), dropout);
  }

  /** Everything in order. */
  private static final class Recorder implements TrainingListener {
    final List<StepReport> steps = new ArrayList<>();
    final List<EvaluationReport> evaluations = new ArrayList<>();
    int closed;

    @Override
    public void onStep(StepReport report) {
      steps.add(report);
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      evaluations.add(report);
    }

    @Override
    public void close() {
      closed++;
    }

    double meanLoss(int from, int to) {
      return steps.subList(from, to).stream().mapToDouble(StepReport::loss).average().orElseThrow();
    }
  }

  @Test
  void equalRunsEndWithEqualBitsAndLeaveFrozenWeightsAlone() {
    // given
    Path base = base(0.1);
    SafetensorsBytes checkpoint =
        SafetensorsBytes.read(TinyBert.directory().resolve("model.safetensors"));
    TinyRun settings =
        new TinyRun(base).batches(4, 1, BatchOrder.SHUFFLED).length(RunLength.steps(3));
    List<byte[]> adapters = new ArrayList<>();

    for (int i = 0; i < 5; i++) {
      // when
      try (TinyRun.Started run = settings.start()) {
        run.run();
        adapters.add(run.adapter());

        // then
        assertFrozen(run, checkpoint);
      }
    }
    assertThat(adapters).allSatisfy(bytes -> assertThat(bytes).isEqualTo(adapters.get(0)));
    try (TinyRun.Started other = settings.seed(8).start()) {
      other.run();
      assertThat(other.adapter()).isNotEqualTo(adapters.get(0));
    }
  }

  private static void assertFrozen(TinyRun.Started run, SafetensorsBytes checkpoint) {
    Set<String> trained = new HashSet<>();
    run.model().parameters().forEach(parameter -> trained.add(parameter.name()));
    List<ModelWeights.Entry> frozen =
        run.model().weights().all().stream()
            .filter(entry -> !trained.contains(entry.spec().name()))
            .toList();
    assertThat(frozen).hasSizeGreaterThan(20);
    try (Result values =
        VariableStore.read(
            run.model().session(), frozen.stream().map(ModelWeights.Entry::variable).toList())) {
      for (int i = 0; i < frozen.size(); i++) {
        String name = frozen.get(i).spec().name();
        assertThat(Numbers.of((TFloat32) values.get(i)))
            .as(name)
            .isEqualTo(checkpoint.floats(name));
      }
    }
  }

  @Test
  void accumulatedBatchesAreOneLargerBatch() {
    // given: 14 examples, so the last batch is short
    Path base = base(0);
    TinyRun settings =
        new TinyRun(base).optimizer(OptimizerConfig.of(1e-3, 4)).length(RunLength.epochs(2));
    Recorder whole = new Recorder();
    Recorder parts = new Recorder();

    // when
    try (TinyRun.Started large = settings.batches(8, 1, BatchOrder.SEQUENTIAL).start();
        TinyRun.Started small = settings.batches(4, 2, BatchOrder.SEQUENTIAL).start()) {
      large.run(whole);
      small.run(parts);

      // then
      assertThat(parts.steps).hasSameSizeAs(whole.steps).hasSize(4);
      for (int i = 0; i < 4; i++) {
        StepReport expected = whole.steps.get(i);
        StepReport actual = parts.steps.get(i);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-6));
        assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-5));
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
      }
      for (var variable : large.model().trainedVariables()) {
        assertThat(value(small, variable.name()))
            .as(variable.name())
            .satisfies(
                numbers ->
                    assertThat(Numbers.largestError(numbers, value(large, variable.name())))
                        .isLessThan(1e-5));
      }
    }
  }

  private static float[] value(TinyRun.Started run, String name) {
    var variable =
        run.model().variables().all().stream()
            .filter(v -> v.name().equals(name))
            .findFirst()
            .orElseThrow();
    try (Result result = VariableStore.read(run.model().session(), List.of(variable))) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }

  @Test
  void aRunWithoutImprovementStopsAndKeepsTheBestState() {
    // given: what is learned is wrong for the data that is scored
    TinyRun settings =
        new TinyRun(base(0))
            .length(RunLength.steps(40))
            .optimizer(OptimizerConfig.of(0.01, 4))
            .evaluation(TinyRun.mislabelled(6, 1), TinyRun.byLoss(1, true, OptionalLong.of(2)));
    Recorder recorder = new Recorder();

    try (TinyRun.Started run = settings.start()) {
      // when
      TrainingResult result = run.run(recorder);

      // then
      assertThat(result.stoppedEarly()).isTrue();
      EvaluationReport best = result.best().orElseThrow();
      assertThat(result.steps()).isEqualTo(best.step() + 2).isLessThan(40);
      assertThat(recorder.evaluations).isEqualTo(result.evaluations());
      assertThat(result.evaluations())
          .allSatisfy(report -> assertThat(report.loss()).isGreaterThanOrEqualTo(best.loss()));
      assertThat(run.trainer().evaluate().orElseThrow().loss()).isEqualTo(best.loss());
      assertThat(best.metrics()).containsKeys("accuracy");
    }
  }

  @Test
  void aLossThatIsNotFiniteEndsTheRunWithTheParametersOfTheStepBefore() {
    // given
    TinyRun settings = new TinyRun(base(0)).optimizer(OptimizerConfig.of(3e33, 1e5));
    Recorder recorder = new Recorder();
    List<byte[]> after = new ArrayList<>();

    try (TinyRun.Started run = settings.start()) {
      TrainingListener keeper =
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              after.add(run.adapter());
            }
          };

      // when, then
      assertThatExceptionOfType(NotFiniteException.class)
          .isThrownBy(() -> run.run(recorder, keeper))
          .satisfies(
              e -> {
                assertThat(e.step()).isEqualTo(after.size() + 1);
                assertThat(e.getMessage())
                    .startsWith("step " + e.step() + ": the gradient of 'bert.encoder.layer.0")
                    .contains("nothing was updated")
                    .hasLineCount(1);
              });
      assertThat(after).isNotEmpty();
      assertThat(run.adapter()).isEqualTo(after.get(after.size() - 1));
      assertThat(recorder.closed).isEqualTo(1);
    }
  }

  @Test
  void aScoreOfHugeSizeEndsTheRunBeforeAnyUpdate() {
    // given
    Path base = ModelDirectory.createWithoutHead(directory.resolve("base"), 0);
    TinyRun settings =
        new TinyRun(base)
            .task(new Task.Regression(Pooling.CLS_POOLER))
            .training(List.of(Example.scored("the cat", 1e30)));

    try (TinyRun.Started run = settings.start()) {
      byte[] fresh = run.adapter();

      // when, then
      assertThatExceptionOfType(NotFiniteException.class)
          .isThrownBy(run::run)
          .withMessageStartingWith("step 1: ")
          .withMessageContaining("the loss is Infinity; nothing was updated");
      assertThat(run.adapter()).isEqualTo(fresh);
    }
  }

  @Test
  void anEvaluationLossThatIsNotFiniteEndsTheRunNamingTheStep() {
    // given
    Path base = ModelDirectory.createWithoutHead(directory.resolve("base"), 0);
    TinyRun settings =
        new TinyRun(base)
            .task(new Task.Regression(Pooling.CLS_POOLER))
            .training(List.of(Example.scored("the cat", 1)))
            .evaluation(
                List.of(Example.scored("the cat", 1e30)),
                TinyRun.byLoss(2, true, OptionalLong.empty()));
    Recorder recorder = new Recorder();
    IllegalStateException onClose = new IllegalStateException("close");

    try (TinyRun.Started run = settings.start()) {
      TrainingListener failing =
          new TrainingListener() {
            @Override
            public void close() {
              throw onClose;
            }
          };

      // when, then
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> run.run(failing, recorder))
          .withMessageStartingWith("step 2: the evaluation loss must be finite, got Infinity")
          .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(onClose));
      assertThat(recorder.closed).isEqualTo(1);
    }
  }

  @Test
  void aRegressionLearnsItsScores() {
    // given
    Path base = ModelDirectory.createWithoutHead(directory.resolve("base"), 0);
    List<Example> examples = new ArrayList<>();
    for (String text : ModelDirectory.texts(14, 4)) {
      examples.add(Example.scored(text, text.length() / 20.0 - 1));
    }
    TinyRun settings =
        new TinyRun(base)
            .task(new Task.Regression(Pooling.MEAN))
            .training(examples)
            .evaluation(examples, TinyRun.byLoss(28, false, OptionalLong.empty()))
            .length(RunLength.epochs(7))
            .optimizer(OptimizerConfig.of(0.01, 4));
    Recorder recorder = new Recorder();

    try (TinyRun.Started run = settings.start()) {
      double before = run.trainer().evaluate().orElseThrow().loss();

      // when
      TrainingResult result = run.run(recorder);

      // then
      assertThat(recorder.meanLoss(24, 28)).isLessThan(0.5 * recorder.meanLoss(0, 4));
      EvaluationReport last = result.evaluations().get(result.evaluations().size() - 1);
      assertThat(last.loss()).isLessThan(0.5 * before);
      assertThat(last.metrics().get("mean_squared_error")).isCloseTo(last.loss(), within(1e-5));
      assertThat(last.metrics().get("pearson")).isGreaterThan(0.5);
    }
  }

  @Test
  void aMaskedLanguageModelLearnsItsTokens() {
    // given: one text, so that its words can be learned by heart
    Path base = ModelDirectory.createWithoutHead(directory.resolve("base"), 0);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      examples.add(Example.of("the old cat sees a small red bird and eats fish"));
    }
    TinyRun settings =
        new TinyRun(base)
            .task(new Task.MaskedLanguageModel())
            .lora(LoraConfig.of(2, 4, TargetModules.named("query", "value", "word_embeddings")))
            .training(examples)
            .evaluation(examples, TinyRun.byLoss(40, false, OptionalLong.empty()))
            .length(RunLength.steps(40))
            .optimizer(OptimizerConfig.of(0.02, 2));
    Recorder recorder = new Recorder();

    try (TinyRun.Started run = settings.start()) {
      double before = run.trainer().evaluate().orElseThrow().loss();

      // when
      run.run(recorder);

      // then
      assertThat(recorder.meanLoss(35, 40)).isLessThan(0.8 * recorder.meanLoss(0, 5));
      assertThat(run.trainer().evaluate().orElseThrow().loss()).isLessThan(0.8 * before);
    }
  }

  @Test
  void classesOfTheScoredDataCountWithoutTheFillersOfAShortBatch() {
    // given: five examples in batches of four
    List<Example> five = TinyRun.labelled(5, 1);
    try (TinyRun.Started fours =
            new TinyRun(base(0))
                .evaluation(five, TinyRun.byLoss(1, false, OptionalLong.empty()))
                .start();
        TinyRun.Started fives =
            new TinyRun(directory.resolve("base"))
                .batches(5, 1, BatchOrder.SEQUENTIAL)
                .evaluation(five, TinyRun.byLoss(1, false, OptionalLong.empty()))
                .start()) {
      // when
      EvaluationReport padded = fours.trainer().evaluate().orElseThrow();
      EvaluationReport exact = fives.trainer().evaluate().orElseThrow();

      // then
      assertThat(padded.loss()).isCloseTo(exact.loss(), within(1e-6));
      assertThat(padded.metrics()).isEqualTo(exact.metrics());
    }
  }

  @Test
  void settingsThatDoNotFitTheModelAreRefusedBeforeTraining() {
    // given
    Path base = base(0);

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                new TinyRun(base)
                    .evaluation(
                        TinyRun.labelled(2, 1),
                        new EvaluationConfig(
                            OptionalLong.empty(),
                            Optional.of("bleu"),
                            true,
                            OptionalLong.empty(),
                            0))
                    .start())
        .withMessageContaining("metric: must be one of")
        .withMessageContaining("got 'bleu'");
  }
}
