package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.PretrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Log-probabilities are those of transformers in float64, alone and in batches. In float32
 * transformers itself is up to 3e-6 off.
 */
class CompletionScorerTest {
  private static final Path BYTES =
      Path.of("src/test/resources/dev/loraplus/data/tokenizer/bytes/tokenizer.json");

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral"})
  void scoresAreThoseOfTransformers(String name) throws IOException {
    // given
    JsonNode cases =
        new ObjectMapper()
            .readTree(GenerationCases.directory(name).resolve("completions.json").toFile());
    List<Completion> completions = new ArrayList<>();
    cases.forEach(one -> completions.add(new Completion(ints(one, "prompt"), ints(one, "ids"))));
    try (PretrainedModel model = GenerationCases.load(name)) {
      CompletionScorer scorer = CompletionScorer.of(model);
      for (int batchSize : new int[] {1, 3, 100}) {
        // when
        List<double[]> scores = scorer.score(completions, batchSize);

        // then
        for (int i = 0; i < scores.size(); i++) {
          double[] expected = doubles(cases.get(i), "scores");
          assertThat(scores.get(i)).containsExactly(expected, within(1e-5));
        }
      }
    }
  }

  @Test
  void whatCannotBeScoredIsRefused() {
    try (PretrainedModel model = GenerationCases.load("gpt2")) {
      CompletionScorer scorer = CompletionScorer.of(model);
      Completion ends = new Completion(new int[64], new int[] {1});

      assertThat(scorer.maxLength()).isEqualTo(64);
      assertThatThrownBy(() -> scorer.score(List.of(ends), 1))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("its 1 tokens and the prompt's 64 exceed the model's 64 positions");
      assertThat(ends.within(64).prompt()).hasSize(63);
      assertThatThrownBy(
              () -> scorer.score(List.of(new Completion(new int[] {1}, new int[] {48})), 1))
          .hasMessageContaining("completion: ids must be in [0, 48), got 48");
      assertThatThrownBy(() -> scorer.score(List.of(), 0))
          .hasMessageContaining("batchSize: must be at least 1, got 0");
    }
    assertThatThrownBy(() -> new Completion(new int[] {1}, new int[3]).within(3))
        .hasMessageContaining("its 3 tokens and one of the prompt must fit");
    assertThatThrownBy(() -> new Completion(new int[0], new int[1]))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("got 0 and 1");
  }

  @Test
  void theSpaceBetweenBelongsToWhatFollows() {
    try (TextTokenizer tokenizer = TextTokenizer.load(BYTES)) {
      Completion spaceFirst = Completion.of(tokenizer, "the film", " is good");
      Completion spaceLast = Completion.of(tokenizer, "the film ", "is good");

      assertThat(spaceLast).isEqualTo(spaceFirst);
      assertThat(tokenizer.decode(spaceFirst.prompt())).isEqualTo("the film");
      assertThat(tokenizer.decode(spaceFirst.ids())).isEqualTo(" is good");
      assertThatThrownBy(() -> Completion.of(tokenizer, "the film", ""))
          .hasMessageContaining("completion: '' adds no token to 'the film'");
    }
  }

  private static double[] doubles(JsonNode object, String field) {
    double[] numbers = new double[object.get(field).size()];
    Arrays.setAll(numbers, i -> object.get(field).get(i).doubleValue());
    return numbers;
  }

  private static int[] ints(JsonNode object, String field) {
    int[] ids = new int[object.get(field).size()];
    Arrays.setAll(ids, i -> object.get(field).get(i).intValue());
    return ids;
  }
}
