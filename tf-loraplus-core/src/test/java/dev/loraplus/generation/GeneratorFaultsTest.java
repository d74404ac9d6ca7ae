package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.generation.Decoding.Beams;
import dev.loraplus.generation.Decoding.Greedy;
import dev.loraplus.generation.Decoding.Sampling;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorFaultsTest {
  private static final GenerationConfig CONFIG = GenerationConfig.of(8, new Greedy());

  @Test
  void settingsOutOfRange() {
    assertFault(() -> new Sampling(0, 0, 1, 0), "temperature: must be above 0, got 0.0");
    assertFault(() -> new Sampling(1, -1, 1, 0), "topK: must be at least 1, or 0 for all");
    assertFault(() -> new Sampling(1, 0, 0, 0), "topP: must be in (0, 1], got 0.0");
    assertFault(() -> new Sampling(1, 0, 1.1, 0), "topP: must be in (0, 1], got 1.1");
    assertFault(() -> Beams.of(1), "beams: must be at least 2, got 1");
    assertFault(
        () -> new Beams(2, Double.NaN, EarlyStopping.WHEN_FULL), "lengthPenalty: must be a finite");
    assertFault(
        () -> GenerationConfig.of(0, new Greedy()), "maxNewTokens: must be at least 1, got 0");
    assertFault(() -> CONFIG.withStopIds(Set.of(-1)), "stopIds: must be token ids");
    assertFault(() -> CONFIG.withRepetitionPenalty(0), "repetitionPenalty: must be above 0");
    assertFault(() -> CONFIG.withBatchSize(0), "batchSize: must be at least 1, got 0");
  }

  @Test
  void promptsThatDoNotFitTheModel() {
    try (PretrainedModel model = GenerationCases.load("gpt2")) {
      Generator generator = Generator.of(model);

      assertFault(
          () -> generator.generate(List.of(new int[] {1}, new int[] {}), CONFIG),
          "prompt 2: must have at least one token, got none");
      assertFault(
          () -> generator.generate(List.of(new int[57]), CONFIG),
          "prompt 1: its 57 tokens and 8 new ones (maxNewTokens) exceed the model's 64 positions");
      assertFault(
          () -> generator.generate(List.of(new int[] {47, 48}), CONFIG),
          "prompt 1: ids must be in [0, 48), got [47, 48]");
      assertFault(
          () -> generator.generate(List.of(new int[] {1}), CONFIG.withStopIds(Set.of(48))),
          "stopIds: must be below the vocabulary's size 48, got [48]");
      assertFault(
          () -> generator.generate(List.of(new int[] {1}), GenerationConfig.of(8, Beams.of(25))),
          "beams: must be at most 24 for a vocabulary of 48 and 0 stop tokens, got 25");
      assertThat(generator.generate(List.of(new int[56]), CONFIG).get(0).ids()).hasSize(8);
    }
  }

  @Test
  void modelsThatGiveNoNextToken() {
    Task task = new Task.Classification(List.of("a", "b", "c"), Pooling.CLS_POOLER);
    try (WeightSource source = WeightSource.open(TinyBert.directory());
        PretrainedModel model =
            PretrainedModel.load(Architectures.read(TinyBert.directory(), task), source)) {
      assertFault(
          () -> Generator.of(model),
          "generation: only a causal language model gives next tokens",
          "got BertForSequenceClassification");
    }
  }

  @Test
  void stopTokensOfADirectory(@TempDir Path directory) throws IOException {
    assertThat(StopTokens.read(directory)).isEmpty();
    Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 7}");
    assertThat(StopTokens.read(directory)).containsExactly(7);
    Path generation = directory.resolve("generation_config.json");
    Files.writeString(generation, "{\"eos_token_id\": null}");
    assertThat(StopTokens.read(directory)).containsExactly(7);
    Files.writeString(generation, "{\"eos_token_id\": [3, 5]}");
    assertThat(StopTokens.read(directory)).containsExactlyInAnyOrder(3, 5);
    Files.writeString(generation, "{\"eos_token_id\": \"x\"}");
    assertFault(
        () -> StopTokens.read(directory),
        generation + ": 'eos_token_id' must be a token id or a list of such, got \"x\"");
  }

  private static void assertFault(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(parts);
  }
}
