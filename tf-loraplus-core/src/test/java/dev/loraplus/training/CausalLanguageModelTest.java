package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.FineTuning;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.types.TFloat32;

/** Decoders learn, merge and are stored, whatever the layout of their weights. */
class CausalLanguageModelTest {
  private static final List<String> WORDS =
      List.of(
          "one two three four five six seven eight nine ten eleven twelve a b c d e f g h i j k l m"
              .split(" "));

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "gpt2-lm, c_attn c_fc, GPT2LMHeadModel",
    "llama-lm-llama3, q_proj down_proj lm_head, LlamaForCausalLM"
  })
  void learnsThenMergesAndReloads(String name, String targets, String className)
      throws IOException {
    // given
    Path base = model(name);
    Dataset pairs = pairs();
    FineTuningConfig config =
        new FineTuningConfig(
            new Task.CausalLanguageModel(),
            LoraConfig.of(2, 8, TargetModules.named(targets.split(" "))),
            OptimizerConfig.of(2e-2, 4),
            TrainingConfig.of(new RunLength.Steps(40), 8, 16));

    // when
    try (FineTuning run = FineTuning.prepare(base, config, pairs, Optional.of(pairs))) {
      EvaluationReport before = run.evaluate().orElseThrow();
      run.train();
      EvaluationReport after = run.evaluate().orElseThrow();
      run.saveAdapter(directory.resolve("adapter"));
      run.saveMerged(directory.resolve("merged"));
      float[] adapted = logits(run.model());
      run.model().merge();
      float[] merged = logits(run.model());

      // then
      assertThat(after.loss()).isLessThan(before.loss() - 1);
      assertThat(after.metrics().get("perplexity")).isCloseTo(Math.exp(after.loss()), within(1e-9));
      assertThat(run.model().parameters())
          .extracting(TrainableParameter::role)
          .doesNotContain(ParameterRole.SAVED_WEIGHT);
      assertClose(merged, adapted);
      try (AdaptedModel loaded = FineTuning.load(base, directory.resolve("adapter"))) {
        assertClose(logits(loaded), adapted);
      }
      assertReloads(className, merged);
    }
  }

  private void assertReloads(String className, float[] merged) throws IOException {
    Path saved = directory.resolve("merged");
    assertThat(
            new ObjectMapper()
                .readTree(saved.resolve("config.json").toFile())
                .path("architectures")
                .path(0)
                .asText())
        .isEqualTo(className);
    FineTuningConfig fresh =
        new FineTuningConfig(
            new Task.CausalLanguageModel(),
            LoraConfig.of(1, 1, TargetModules.allLinear()),
            OptimizerConfig.of(1e-3, 4),
            TrainingConfig.of(new RunLength.Steps(1), 8, 16));
    try (FineTuning run = FineTuning.prepare(saved, fresh, pairs(), Optional.empty())) {
      assertClose(logits(run.model()), merged);
    }
  }

  private static float[] logits(AdaptedModel model) {
    ModelFamilyCase tokens = ModelFamilyCase.read("gpt2-lm");
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feeds.tokens(model.inputs(), tokens.batch(), tokens.batch().ids());
      try (var result = feeds.runner().fetch(model.outputs().logits()).run()) {
        return ModelFamilyCase.numbers((TFloat32) result.get(0));
      }
    }
  }

  private static void assertClose(float[] given, float[] expected) {
    assertThat(given).hasSameSizeAs(expected);
    for (int i = 0; i < given.length; i++) {
      assertThat(given[i]).isCloseTo(expected[i], within(2e-4f));
    }
  }

  /** After "n letter" comes the next letter. */
  private static Dataset pairs() {
    List<Example> examples = new ArrayList<>();
    for (int i = 12; i < WORDS.size() - 1; i++) {
      for (int number = 0; number < 4; number++) {
        examples.add(Example.of(WORDS.get(number) + " " + WORDS.get(i)).withPair(WORDS.get(i + 1)));
      }
    }
    return Dataset.of(examples);
  }

  private Path model(String name) throws IOException {
    Path target = Files.createDirectories(directory.resolve(name));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(ModelFamilyCase.directory(name).resolve(file), target.resolve(file));
    }
    List<String> vocabulary =
        new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    vocabulary.addAll(WORDS);
    Files.write(target.resolve("vocab.txt"), vocabulary);
    Files.writeString(target.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
    return target;
  }
}
