package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TaskFileTest {
  private final Path directory;

  TaskFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<Task> tasks() {
    return List.of(
        new Task.Classification(List.of("näh", "\"b\"", "c"), Pooling.MEAN),
        new Task.Classification(List.of("0", "1"), Pooling.CLS_POOLER),
        new Task.Regression(Pooling.MEAN),
        new Task.Regression(Pooling.LAST_TOKEN),
        new Task.CausalLanguageModel(),
        new Task.MaskedLanguageModel());
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void everyTaskComesBack(Task task) {
    // when
    TaskFile.save(directory, task);

    // then
    assertThat(TaskFile.read(directory)).isEqualTo(task);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> TaskFile.read(directory))
        .withMessageContaining("task.json: not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": \"chess\"} | type must be one of classification, regression, masked_lm",
        "{\"type\": \"regression\"} | pooling must be cls_pooler, mean or last_token, got '(none)'",
        "{\"type\": \"classification\", \"pooling\": \"mean\"} | labels: at least two are needed",
        "{ | not valid JSON",
      })
  void aDamagedFileIsAnError(String json, String message) throws IOException {
    // given
    Files.writeString(directory.resolve("task.json"), json);

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> TaskFile.read(directory))
        .withMessageContaining(message);
  }
}
