package dev.loraplus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.TextFormat;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.TrainingPlan;
import dev.loraplus.training.TrainingResult;
import dev.loraplus.weights.WeightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facade from a directory and a table of texts to a saved adapter and back. */
final class FineTuningTest {
  private static final String QUERY = "bert.encoder.layer.0.attention.self.query";
  private static final LoraConfig LORA =
      LoraConfig.of(2, 4, TargetModules.named("query", "word_embeddings"));

  private final Path directory;
  private final Path base;
  private final Path table;

  FineTuningTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    base = ModelDirectory.create(directory.resolve("base"), 0.1);
    table =
        Files.write(
            directory.resolve("train.tsv"),
            List.of(
                "the cat likes the bird\ta",
                "a good dog\ta",
                "the old fish eats\tb",
                "not very good\tb",
                "one two three four five six\tc",
                "a small red bird\ta",
                "the big blue fish hates the cat\tb",
                "seven eight nine\tc",
                "poor dog\tb",
                "so fine\ta",
                "three four\tc",
                "nine six one\tc"));
  }

  private Dataset data() {
    return Dataset.tsv(table, TextFormat.at(0).label(1));
  }

  private static FineTuningConfig config(Task task, LoraConfig lora) {
    return new FineTuningConfig(
        task, lora, OptimizerConfig.of(5e-3, 8), TrainingConfig.of(RunLength.epochs(2), 4, 12));
  }

  private FineTuning prepare() {
    return FineTuning.prepare(base, config(TinyBert.TASK, LORA), data(), Optional.of(data()));
  }

  @Test
  void thePlanShowsEveryVariablePatternAndTotal() {
    try (FineTuning run = prepare()) {
      // when
      TrainingPlan plan = run.plan();
      String text = plan.render();

      // then
      assertThat(plan.rows())
          .extracting(TrainingPlan.Row::name)
          .containsExactlyElementsOf(
              run.model().parameters().stream().map(parameter -> parameter.name()).toList());
      assertThat(plan.rows())
          .filteredOn(row -> row.group() == ParameterGroup.B)
          .allSatisfy(row -> assertThat(row.rate()).isEqualTo(0.04));
      // A and B of query, of the word table, and the head: 2 (16 + 16) + 2 (40 + 16) + 3 x 17
      assertThat(plan.trainable()).isEqualTo(64 + 112 + 51);
      assertThat(text)
          .contains(QUERY + ".lora_A.weight", QUERY + ".lora_B.weight")
          .contains("memory of a step of", "MB: activations")
          .contains("lora_embedding_A", "lora_embedding_B")
          .contains("classifier.weight", "classifier.bias")
          .contains("5.000e-03", "4.000e-02", "1.000e-06")
          .contains("target query -> 1 module: " + QUERY)
          .contains("target word_embeddings -> 1 module: bert.embeddings.word_embeddings")
          .contains("modulesToSave classifier -> 1 module: classifier")
          .contains("trainable 227 of ");
      assertThat(text.lines().count()).isEqualTo(1 + 6 + 4 + 1 + 1 + 3);
    }
  }

  @Test
  void theSavedAdapterGivesTheLogitsOfTheRun() {
    // given
    Path adapter = directory.resolve("out/adapter");
    Path merged = directory.resolve("out/merged");
    List<String> calls = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStart(long firstStep, long totalSteps) {
            calls.add("start " + firstStep + " of " + totalSteps);
          }

          @Override
          public void close() {
            calls.add("close");
          }
        };
    Tokens tokens = Tokens.of(1, new int[] {2, 6, 7, 3, 0, 0}, new int[] {1, 1, 1, 1, 0, 0});
    float[] expected;
    double loss;

    // when
    try (FineTuning run = prepare()) {
      float[] fresh = tokens.logits(run.model());
      TrainingResult result = run.train(listener);
      expected = tokens.logits(run.model());
      loss = run.evaluate().orElseThrow().loss();
      run.saveAdapter(adapter);
      run.saveMerged(merged);
      assertThat(result.steps()).isEqualTo(6);
      assertThat(result.evaluations()).hasSize(2);
      assertThat(loss).isEqualTo(result.evaluations().get(1).loss());
      assertThat(expected).isNotEqualTo(fresh);
    }

    // then
    assertThat(calls).containsExactly("start 0 of 6", "close");
    assertThat(adapter).isDirectoryContaining("glob:**task.json");
    try (AdaptedModel loaded = FineTuning.load(base, adapter)) {
      assertThat(tokens.logits(loaded)).isEqualTo(expected);
    }
    try (FineTuning again =
        FineTuning.prepare(merged, config(TinyBert.TASK, LORA), data(), Optional.of(data()))) {
      assertThat(Numbers.largestError(tokens.logits(again.model()), expected)).isLessThan(1e-5);
      assertThat(again.evaluate().orElseThrow().loss()).isCloseTo(loss, within(1e-5));
    }
  }

  @Test
  void faultsAreFoundBeforeTraining() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                FineTuning.prepare(
                    base,
                    config(TinyBert.TASK, LoraConfig.of(2, 4, TargetModules.named("qery"))),
                    data(),
                    Optional.empty()))
        .withMessage(
            "target qery: matches no module; did you mean: query, key, dense, value, LayerNorm?");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(
            () ->
                FineTuning.prepare(
                    base,
                    config(
                        new Task.Classification(List.of("a", "b", "x"), TinyBert.TASK.pooling()),
                        LORA),
                    data(),
                    Optional.empty()))
        .withMessageContaining("train.tsv")
        .withMessageContaining("5");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                FineTuning.prepare(
                    base,
                    new FineTuningConfig(
                        TinyBert.TASK,
                        LORA,
                        OptimizerConfig.of(1e-3, 4),
                        TrainingConfig.of(RunLength.epochs(1), 4, 17)),
                    data(),
                    Optional.empty()))
        .withMessage("maxLength: must be at most 16, the model's longest text, got 17");
  }

  @Test
  void anAdapterOfAnotherModelIsRefused() {
    // given
    Path adapter = directory.resolve("adapter");
    try (FineTuning run = prepare()) {
      run.saveAdapter(adapter);
    }
    Path other = TinyBert.resource("/weights/single");

    // when, then
    assertThatExceptionOfType(WeightException.class)
        .isThrownBy(() -> FineTuning.load(other, adapter))
        .withMessageContaining("not an adapter of this model")
        .withMessageContaining("must have the shape");
  }
}
