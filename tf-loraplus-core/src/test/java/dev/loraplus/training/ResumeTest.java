package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Runs with everything that could go out of step: dropout, shuffling, accumulation, best state. */
final class ResumeTest {
  private static final LoraConfig LORA =
      new LoraConfig(
          2,
          4,
          0.2,
          TargetModules.named("query", "value", "word_embeddings"),
          Optional.empty(),
          LayerSelection.all(),
          Patterns.none(),
          BiasMode.LORA_ONLY,
          Optional.empty(),
          LoraInit.KAIMING_UNIFORM,
          LoraVariant.PLAIN,
          false);
  private static final int STEPS = 6;

  private final Path directory;
  private final Path base;

  ResumeTest(@TempDir Path directory) {
    this.directory = directory;
    this.base = ModelDirectory.create(directory.resolve("base"), 0.1);
  }

  private static OptimizerConfig optimizer(double learningRate) {
    return optimizer(learningRate, Schedule.warmup(1, Schedule.cosine()));
  }

  private static OptimizerConfig optimizer(double learningRate, Schedule schedule) {
    return new OptimizerConfig(
        UpdateRule.adamW(),
        learningRate,
        4,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(0.01),
        DecayExclusions.standard(),
        OptionalDouble.of(0.5),
        schedule,
        false);
  }

  /** 14 examples in batches of 3: five batches and three steps an epoch, the last ones short. */
  private TinyRun run(Path checkpoints) {
    return settings(base, checkpoints);
  }

  private static TinyRun settings(Path model, Path checkpoints) {
    return new TinyRun(model)
        .lora(LORA)
        .optimizer(optimizer(0.05))
        .length(RunLength.epochs(2))
        .batches(3, 2, BatchOrder.SHUFFLED)
        .evaluation(TinyRun.mislabelled(5, 1), TinyRun.byLoss(2, true, OptionalLong.empty()))
        .checkpoints(checkpoints);
  }

  static List<RowLayout> layouts() {
    return List.of(RowLayout.STANDARD, new RowLayout.Packed(24));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aRunStoppedAfterAnyCheckpointAndContinuedEndsWithTheSameBits(RowLayout layout)
      throws IOException {
    // given
    Path all = directory.resolve("all");
    byte[] expected;
    TrainingResult whole;
    try (TinyRun.Started run = run(all).layout(layout).start()) {
      whole = run.run();
      expected = run.adapter();
    }
    assertThat(whole.steps()).isEqualTo(STEPS);
    // The best state is one that a resumed run has to find in a checkpoint.
    assertThat(whole.best().orElseThrow().step()).isLessThan(STEPS);

    for (int step = 1; step <= STEPS; step++) {
      // when
      Path one = directory.resolve("only-" + step);
      copy(all.resolve(String.format("step-%09d", step)), one);
      try (TinyRun.Started run = run(one).layout(layout).start()) {
        assertThat(run.trainer().resume()).isEqualTo(step);
        List<Long> steps = new ArrayList<>();
        TrainingResult rest =
            run.run(
                new TrainingListener() {
                  @Override
                  public void onStep(StepReport report) {
                    steps.add(report.step());
                  }
                });

        // then
        assertThat(run.adapter()).as("continued after step %d", step).isEqualTo(expected);
        assertThat(steps).hasSize(STEPS - step);
        assertThat(rest.finalLoss()).isEqualTo(whole.finalLoss());
        assertThat(rest.evaluations())
            .usingRecursiveComparison()
            .ignoringFields("seconds")
            .isEqualTo(whole.evaluations());
      }
    }
  }

  @Test
  void aRunThatStoppedEarlyDoesNotGoOn() {
    // given
    Path place = directory.resolve("early");
    TinyRun settings =
        run(place)
            .evaluation(TinyRun.mislabelled(5, 1), TinyRun.byLoss(1, true, OptionalLong.of(1)));
    TrainingResult first;
    byte[] expected;
    try (TinyRun.Started run = settings.start()) {
      first = run.run();
      expected = run.adapter();
    }
    assertThat(first.stoppedEarly()).isTrue();
    assertThat(first.steps()).isLessThan(STEPS);

    // when
    try (TinyRun.Started run = settings.start()) {
      run.trainer().resume();
      TrainingResult second = run.run();

      // then
      assertThat(second.steps()).isEqualTo(first.steps());
      assertThat(second.stoppedEarly()).isTrue();
      assertThat(run.adapter()).isEqualTo(expected);
    }
  }

  @Test
  void withoutACheckpointARunStartsAtTheBeginning() {
    try (TinyRun.Started run = run(directory.resolve("none")).start()) {
      assertThat(run.trainer().resume()).isZero();
    }
  }

  @Test
  void aCheckpointOfAnotherRunIsRefusedNamingWhatDiffers() {
    // given
    Path place = directory.resolve("checkpoints");
    try (TinyRun.Started run = run(place).start()) {
      run.trainer().run(List.of(), 1);
    }

    // when, then
    assertRefused(run(place).optimizer(optimizer(0.04)), "learningRate was 0.05 and is 0.04 (use");
    assertRefused(
        run(place).optimizer(optimizer(0.05, Schedule.linear())),
        "run: schedule was 0.000 at the first",
        "and is 1.000 at the first");
    assertRefused(
        run(place).lora(TinyBert.queryAndValue()), "lora was LoraConfig", "trained parameters was");
    assertRefused(
        run(place)
            .seed(8)
            .layout(new RowLayout.Fitted(2))
            .batches(3, 1, BatchOrder.SHUFFLED)
            .training(TinyRun.labelled(13, 1))
            .length(RunLength.steps(9)),
        "seed was 7 and is 8",
        "accumulation=2",
        "accumulation=1",
        "layout=Padded[lengths=[]]",
        "layout=Fitted[buckets=2]",
        "training data was 14 examples",
        "steps was 6 and is 9");
  }

  @Test
  void otherEvaluationDataOrAnotherBaseModelOfEqualShapesIsRefused() {
    // given
    Path place = directory.resolve("checkpoints");
    try (TinyRun.Started run = run(place).start()) {
      run.trainer().run(List.of(), 1);
    }
    Path other = otherWeights("bert.encoder.layer.0.output.dense.weight");

    // when, then
    assertRefused(
        run(place)
            .evaluation(TinyRun.mislabelled(5, 2), TinyRun.byLoss(2, true, OptionalLong.empty())),
        "run: evaluation data was 5 examples",
        "and is 5 examples");
    assertRefused(settings(other, place), "run: base model was ", " tensors ");
  }

  /** The base model with one tensor negated. */
  private Path otherWeights(String changed) {
    Path other = ModelDirectory.create(directory.resolve("other"), 0.1);
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(base)) {
      for (String name : source.tensors().keySet()) {
        TFloat32 value = source.read(name);
        tensors.put(name, name.equals(changed) ? negated(value) : value);
      }
      SafetensorsWriter.write(other.resolve("model.safetensors"), tensors);
      tensors.values().forEach(TFloat32::close);
    }
    return other;
  }

  private static TFloat32 negated(TFloat32 value) {
    try (value) {
      float[] numbers = Numbers.of(value);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = -numbers[i];
      }
      return TFloat32.tensorOf(value.shape(), DataBuffers.of(numbers));
    }
  }

  @Test
  void aFreshRunIsRefusedWhereCheckpointsLieAndMayStillBeResumed() {
    // given
    Path place = directory.resolve("checkpoints");
    try (TinyRun.Started run = run(place).start()) {
      run.trainer().run(List.of(), 2);
    }
    try (TinyRun.Started run = run(place).start()) {
      // when, then
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(run::run)
          .withMessageContaining("a fresh run must hold no checkpoints (call resume()");

      // when: twice, which must count the earlier scores once
      assertThat(run.trainer().resume()).isEqualTo(2);
      assertThat(run.trainer().resume()).isEqualTo(2);
      TrainingResult result = run.trainer().run(List.of(), 3);

      // then
      assertThat(result.steps()).isEqualTo(3);
      assertThat(result.evaluations()).extracting(EvaluationReport::step).containsExactly(2L);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> run.trainer().resume())
          .withMessageStartingWith("resume: must be called before run");
    }
  }

  @Test
  void aDamagedCheckpointIsRefusedAndChangesNothing() throws IOException {
    // given
    Path place = directory.resolve("checkpoints");
    try (TinyRun.Started run = run(place).start()) {
      run.trainer().run(List.of(), 2);
    }
    Path newest = place.resolve("step-000000002");
    assertThat(newest).isDirectory();
    try (TinyRun.Started run = run(place).start()) {
      byte[] untouched = run.adapter();
      for (String file :
          List.of(
              "parameters.safetensors",
              "optimizer.safetensors",
              "best.safetensors",
              "state.json")) {
        byte[] whole = Files.readAllBytes(newest.resolve(file));
        Files.write(newest.resolve(file), Arrays.copyOf(whole, whole.length / 2));

        // when, then
        assertThatExceptionOfType(CheckpointException.class)
            .isThrownBy(() -> run.trainer().resume())
            .satisfies(e -> assertThat(e.getMessage()).contains(file).hasLineCount(1));
        assertThat(run.adapter()).as("after a damaged " + file).isEqualTo(untouched);
        Files.write(newest.resolve(file), whole);
      }
      assertThat(run.trainer().resume()).isEqualTo(2);
    }
  }

  private static void assertRefused(TinyRun other, String... messages) {
    try (TinyRun.Started run = other.start()) {
      assertThatExceptionOfType(CheckpointException.class)
          .isThrownBy(() -> run.trainer().resume())
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .contains("belongs to another run")
                      .contains(messages)
                      .hasLineCount(1));
    }
  }

  private static void copy(Path checkpoint, Path place) throws IOException {
    Path target = Files.createDirectories(place.resolve(checkpoint.getFileName()));
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }
}
