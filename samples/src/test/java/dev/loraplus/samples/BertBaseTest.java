package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.FineTuning;
import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.training.Prediction;
import dev.loraplus.training.Predictor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** BERT-base from its Maven artifact; transformers gives the same probability for these weights. */
@Tag("slow")
class BertBaseTest {
  @Test
  void theCapitalOfFranceIsParis() {
    // given
    Path directory = BundledModels.onClassPath().bertBase();
    Task task = new Task.MaskedLanguageModel();
    Dataset sentence = Dataset.of(List.of(Example.of("the capital of france is [MASK] .")));

    try (LoadedModel model = FineTuning.load(directory, task);
        TextTokenizer tokenizer = TextTokenizer.load(directory)) {
      // when
      Prediction prediction =
          Predictor.of(model, task, tokenizer, BatchConfig.of(1, 16)).predict(sentence, 1).get(0);

      // then
      var best = ((Prediction.Tokens) prediction).masks().get(0).get(0);
      assertThat(best.name()).isEqualTo("paris");
      assertThat(best.probability()).isCloseTo(0.41679, within(5e-5));
    }
  }
}
