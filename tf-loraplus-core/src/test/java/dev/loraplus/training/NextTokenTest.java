package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.Task;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions of a causal language model, against the logits that transformers gave. */
class NextTokenTest {
  private static final String NAME = "gpt2-lm";
  private static final BatchConfig BATCHES =
      new BatchConfig(2, 1, 16, RowLayout.STANDARD, BatchOrder.SEQUENTIAL);
  private static final int VOCABULARY = 40;

  /**
   * Words w0 ... w39, the index is the id; the special token ends every text, as it should not in a
   * prompt.
   */
  private static TextTokenizer tokenizer(Path directory) throws IOException {
    String words =
        IntStream.range(0, VOCABULARY)
            .mapToObj(id -> "\"%s\": %d".formatted(id == 3 ? "</s>" : "w" + id, id))
            .collect(Collectors.joining(","));
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0", "added_tokens": [
          {"id": 3, "content": "</s>", "special": true, "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false}],
         "normalizer": {"type": "Replace", "pattern": {"String": "~"}, "content": ""},
         "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": {"type": "TemplateProcessing",
          "single": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "</s>", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
          "special_tokens": {"</s>": {"id": "</s>", "ids": [3], "tokens": ["</s>"]}}},
         "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {%s}}}
        """
            .formatted(words));
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": \"</s>\"}");
    return TextTokenizer.load(directory);
  }

  @Test
  void givesTheLikeliestTokensAfterTheTextWithoutItsEnd(@TempDir Path directory)
      throws IOException {
    // given rows of different lengths
    ModelFamilyCase expected = ModelFamilyCase.read(NAME);
    int[] ids = expected.batch().ids();
    float[] logits = expected.expected("logits");
    int length = expected.length();
    List<Integer> ends = List.of(3, 1, 0);
    Dataset prompts = Dataset.of(ends.stream().map(end -> Example.of(text(ids, end))).toList());
    Task task = new Task.CausalLanguageModel();

    try (TextTokenizer tokenizer = tokenizer(directory);
        LoadedModel model = FineTuning.load(ModelFamilyCase.directory(NAME), task)) {
      // when
      List<Prediction> predictions =
          Predictor.of(model, task, tokenizer, BATCHES).predict(prompts, 3);

      // then
      assertThat(length).isGreaterThan(4);
      for (int i = 0; i < ends.size(); i++) {
        double[] p = softmax(logits, ends.get(i) * VOCABULARY);
        List<Integer> best =
            IntStream.range(0, VOCABULARY)
                .boxed()
                .sorted((a, b) -> Double.compare(p[b], p[a]))
                .limit(3)
                .toList();
        List<Prediction.Candidate> given = ((Prediction.NextToken) predictions.get(i)).candidates();
        assertThat(given)
            .extracting(Prediction.Candidate::name)
            .isEqualTo(best.stream().map(id -> "w" + id).toList());
        for (int k = 0; k < 3; k++) {
          assertThat(given.get(k).probability()).isCloseTo(p[best.get(k)], within(1e-5));
        }
      }
    }
  }

  @Test
  void refusesATextOfSpecialTokensAlone(@TempDir Path directory) throws IOException {
    Task task = new Task.CausalLanguageModel();
    try (TextTokenizer tokenizer = tokenizer(directory);
        LoadedModel model = FineTuning.load(ModelFamilyCase.directory(NAME), task)) {
      Predictor predictor = Predictor.of(model, task, tokenizer, BATCHES);

      assertThatThrownBy(() -> predictor.predict(Dataset.of(List.of(Example.of("~"))), 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("a prompt must hold at least one token");
    }
  }

  private static String text(int[] ids, int end) {
    return IntStream.rangeClosed(0, end)
        .mapToObj(i -> "w" + ids[i])
        .collect(Collectors.joining(" "));
  }

  private static double[] softmax(float[] logits, int from) {
    double sum = IntStream.range(0, VOCABULARY).mapToDouble(i -> Math.exp(logits[from + i])).sum();
    return IntStream.range(0, VOCABULARY)
        .mapToDouble(i -> Math.exp(logits[from + i]) / sum)
        .toArray();
  }
}
