package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.savedmodel.data.DataFormat;
import dev.loraplus.savedmodel.data.ExampleTensors;
import dev.loraplus.savedmodel.data.InputSpec;
import dev.loraplus.savedmodel.data.OutputTask;
import dev.loraplus.savedmodel.export.AdapterFiles;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.training.CheckpointException;
import dev.loraplus.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.SignatureDef;

class TuningRunTest {
  private static final CorpusModel MLP = CorpusModel.of("mlp");

  @TempDir Path temporary;
  private ExampleTensors training;
  private ExampleTensors development;

  @BeforeEach
  void write() throws IOException {
    training = examples("train.jsonl", 21, 1);
    development = examples("dev.jsonl", 13, 2);
  }

  @Test
  void stoppedRunEndsWithTheSameBytes() throws IOException {
    EvaluationConfig best =
        new EvaluationConfig(
            OptionalLong.of(2), Optional.of("loss"), true, OptionalLong.empty(), 0);
    Path whole = temporary.resolve("whole");
    Path continued = temporary.resolve("continued");
    TuningRunConfig plain = config(best, Optional.empty());
    TuningRunConfig kept =
        config(best, Optional.of(new CheckpointConfig(temporary.resolve("kept"), 3, 2)));
    TrainingResult wanted;
    try (SavedModelTuning tuning = tuning(1e-2)) {
      wanted = new TuningRun(tuning, plain, training, Optional.of(development)).run(List.of());
      AdapterFiles.save(tuning.model(), whole, "mlp");
    }

    try (SavedModelTuning tuning = tuning(1e-2)) {
      new TuningRun(tuning, kept, training, Optional.of(development)).run(List.of(), 7);
    }
    try (SavedModelTuning tuning = tuning(1e-2)) {
      TuningRun run = new TuningRun(tuning, kept, training, Optional.of(development));
      assertThat(run.resume()).isEqualTo(6);
      TrainingResult result = run.run(List.of());
      AdapterFiles.save(tuning.model(), continued, "mlp");

      assertThat(result.steps()).isEqualTo(12);
      assertThat(result.best().orElseThrow().metrics())
          .isEqualTo(wanted.best().orElseThrow().metrics());
    }
    assertThat(continued.resolve("adapter_model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("adapter_model.safetensors"));
  }

  @Test
  void otherSettingsAreRefusedByName() {
    TuningRunConfig config =
        config(
            EvaluationConfig.everyEpoch(),
            Optional.of(new CheckpointConfig(temporary.resolve("kept"), 1, 1)));
    try (SavedModelTuning tuning = tuning(1e-2)) {
      new TuningRun(tuning, config, training, Optional.empty()).run(List.of(), 1);
    }

    try (SavedModelTuning tuning = tuning(2e-2)) {
      TuningRun run = new TuningRun(tuning, config, training, Optional.empty());
      assertThatThrownBy(run::resume)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("learningRate was 0.01 and is 0.02");
      assertThatThrownBy(() -> run.run(List.of()))
          .hasMessageContaining("the directory of a fresh run must hold no checkpoints");
    }
  }

  @Test
  void lossAndMetricsAreThoseOfAllExamplesAtOnce() {
    try (SavedModelTuning tuning = tuning(1e-2)) {
      TuningRunConfig config = config(EvaluationConfig.everyEpoch(), Optional.empty());
      double wanted = tuning.evaluate(development.batch(rows(development.rows())));

      var report = new DevelopmentScores(tuning, config, development).at(0);

      assertThat(report.loss()).isCloseTo(wanted, org.assertj.core.api.Assertions.within(1e-6));
      assertThat(report.metrics()).containsKeys("accuracy", "macro_f1", "matthews_correlation");
    }
  }

  @Test
  void bestStateIsTheOneThatIsKept() {
    EvaluationConfig best =
        new EvaluationConfig(
            OptionalLong.of(1), Optional.of("loss"), true, OptionalLong.empty(), 0);
    TuningRunConfig config = config(best, Optional.empty());
    // So fast that it gets worse again.
    try (SavedModelTuning tuning = tuning(0.3)) {
      TrainingResult result =
          new TuningRun(tuning, config, training, Optional.of(development)).run(List.of());
      double least =
          result.evaluations().stream().mapToDouble(report -> report.loss()).min().orElseThrow();

      assertThat(new DevelopmentScores(tuning, config, development).at(0).loss()).isEqualTo(least);
      assertThat(result.evaluations().get(result.evaluations().size() - 1).loss())
          .isGreaterThan(least);
    }
  }

  @Test
  void bestStateNeedsDevelopmentData() {
    EvaluationConfig best =
        new EvaluationConfig(OptionalLong.empty(), Optional.empty(), true, OptionalLong.empty(), 0);
    try (SavedModelTuning tuning = tuning(1e-2)) {
      assertThatThrownBy(
              () ->
                  new TuningRun(tuning, config(best, Optional.empty()), training, Optional.empty()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("keepBest: evaluation data is needed");
    }
  }

  private static SavedModelTuning tuning(double rate) {
    LoraConfig lora =
        CorpusTuning.withDropout(LoraConfig.of(2, 4, TargetModules.named("hidden", "head")), 0.2);
    return CorpusTuning.options(MLP, lora)
        .optimizer(OptimizerConfig.of(rate, 4))
        .totalSteps(12)
        .prepare();
  }

  private static TuningRunConfig config(
      EvaluationConfig evaluation, Optional<CheckpointConfig> checkpoints) {
    return new TuningRunConfig("output_0", OutputTask.LOGITS, 2, 4, evaluation, checkpoints);
  }

  private static int[] rows(int count) {
    return java.util.stream.IntStream.range(0, count).toArray();
  }

  private ExampleTensors examples(String name, int rows, long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      List<Float> features = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        features.add(random.nextFloat() - 0.5f);
      }
      int label = features.get(0) > 0 ? 1 : features.get(1) > 0 ? 2 : 0;
      lines.append("{\"features\": ").append(features).append(", \"labels\": ").append(label);
      lines.append("}\n");
    }
    SignatureDef signature = SavedModelFile.read(MLP.directory()).signature("serving_default");
    List<InputSpec> specs = new ArrayList<>(InputSpec.of(signature));
    specs.add(OutputTask.LOGITS.labels(signature.getOutputsOrThrow("output_0")));
    Path file = Files.writeString(temporary.resolve(name), lines);
    return ExampleTensors.read(file, specs, DataFormat.byName());
  }
}
