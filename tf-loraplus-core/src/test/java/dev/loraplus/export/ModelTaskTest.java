package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What config.json says of the task; the files of models/ were written by transformers. */
final class ModelTaskTest {
  private static final List<String> NAMES = List.of("LABEL_0", "LABEL_1", "LABEL_2");

  private final Path directory;

  ModelTaskTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource({"gpt2-lm", "llama-lm-llama3", "mistral-lm", "qwen2-lm", "smollm2-lm"})
  void decodersAreCausalLanguageModels(String name) throws URISyntaxException {
    assertThat(ModelTask.read(model(name))).isEqualTo(new Task.CausalLanguageModel());
  }

  @ParameterizedTest
  @CsvSource({"bert-mlm", "roberta-mlm", "distilbert-mlm"})
  void encodersFillMasks(String name) throws URISyntaxException {
    assertThat(ModelTask.read(model(name))).isEqualTo(new Task.MaskedLanguageModel());
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-cls, LAST_TOKEN",
    "llama-cls, LAST_TOKEN",
    "qwen2-cls, LAST_TOKEN",
    "roberta-cls, CLS_POOLER",
    "distilbert-cls, CLS_POOLER"
  })
  void classifiersPoolAsTheirFamily(String name, Pooling pooling) throws URISyntaxException {
    assertThat(ModelTask.read(model(name))).isEqualTo(new Task.Classification(NAMES, pooling));
  }

  @Test
  void labelsWithoutNamesAreCounted() throws IOException {
    assertThat(read("\"num_labels\": 3"))
        .isEqualTo(new Task.Classification(NAMES, Pooling.CLS_POOLER));
    assertThat(read("\"problem_type\": null"))
        .isEqualTo(new Task.Classification(NAMES.subList(0, 2), Pooling.CLS_POOLER));
    assertThat(read("\"num_labels\": 1, \"classifier_pooling\": \"mean\""))
        .isEqualTo(new Task.Regression(Pooling.MEAN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"problem_type\": \"multi_label_classification\" | multi_label_classification with 2",
        "\"problem_type\": \"regression\", \"num_labels\": 4 | regression with 4 labels",
        "\"problem_type\": \"single_label_classification\", \"num_labels\": 1 | with 1 labels",
        "\"num_labels\": 2, \"id2label\": {\"0\": \"a\"} | num_labels is 2, and id2label has 1",
        "\"classifier_pooling\": \"max\" | must be cls_pooler, mean or last_token, got 'max'",
      })
  void whatCannotBeHonouredIsAnError(String settings, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(settings))
        .withMessageContaining(message)
        .withMessageContaining("config.json");
  }

  private Task read(String settings) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"model_type\": \"bert\", \"architectures\": [\"BertForSequenceClassification\"], %s}"
            .formatted(settings));
    return ModelTask.read(directory);
  }

  private static Path model(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(ModelTaskTest.class.getResource("/models/" + name)).toURI());
  }
}
