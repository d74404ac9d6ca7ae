package dev.loraplus.training.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonlMetricsTest {
  private final ObjectMapper json = new ObjectMapper();
  private final Path directory;

  JsonlMetricsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void everyFieldOfAStepIsThereAndInfinityIsAString() throws IOException {
    Path file = directory.resolve("new/metrics.jsonl");
    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      metrics.onStart(0, 100);
      metrics.onStep(Reports.step(1, Double.NaN, Double.POSITIVE_INFINITY));
    }

    JsonNode expected =
        json.readTree(
            """
            {"type": "step", "step": 1, "totalSteps": 100, "epoch": 0.02, "loss": "NaN",
             "rateA": 0.0002, "rateB": 0.0032, "rateEmbedding": 1e-6, "gradientNorm": 0.75,
             "groups": {"B": {"gradientNorm": 0.5, "relativeUpdate": "Infinity"}},
             "tokens": 256, "seconds": 0.5}
            """);
    assertThat(json.readTree(Files.readString(file))).isEqualTo(expected);
  }

  @Test
  void anEvaluationHoldsItsMetrics() throws IOException {
    Path file = directory.resolve("metrics.jsonl");
    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      metrics.onStart(0, 100);
      metrics.onEvaluation(Reports.evaluation(7));
    }

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            {"type":"evaluation","step":7,"loss":1.5,"metrics":{"accuracy":0.625},"seconds":0.25}
            """);
  }

  @Test
  void aLineIsInTheFileBeforeTheRunEnds() throws IOException {
    Path file = directory.resolve("metrics.jsonl");
    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      metrics.onStart(0, 100);
      metrics.onStep(Reports.step(1));

      assertThat(Files.readString(file)).endsWith("}\n");
    }
  }

  @Test
  void aResumedRunLeavesTheFileOfAnUndisturbedOne() throws IOException {
    // given a run that evaluates every 2 steps, and one that died while it wrote step 6
    Path whole = directory.resolve("whole.jsonl");
    Path resumed = directory.resolve("resumed.jsonl");
    record(whole, 0, 8);
    record(resumed, 0, 5);
    byte[] sixth = MetricsJson.line(Reports.step(6));
    byte[] soFar = Files.readAllBytes(resumed);
    byte[] cut = new byte[soFar.length + 40];
    System.arraycopy(soFar, 0, cut, 0, soFar.length);
    System.arraycopy(sixth, 0, cut, soFar.length, 40);
    Files.write(resumed, cut);

    // when it resumes from a checkpoint at step 3
    record(resumed, 3, 8);

    // then
    assertThat(resumed).hasSameBinaryContentAs(whole);
  }

  @Test
  void anEvaluationThatTheResumedRunRepeatsIsThereOnce() throws IOException {
    Path file = directory.resolve("metrics.jsonl");
    record(file, 0, 4);

    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      metrics.onStart(4, 8);
      metrics.onEvaluation(Reports.evaluation(4));
      metrics.onStep(Reports.step(5));
    }

    assertThat(heads(file))
        .containsExactly(
            "step 1", "step 2", "evaluation 2", "step 3", "step 4", "evaluation 4", "step 5");
  }

  @Test
  void aNewRunReplacesTheFile() throws IOException {
    Path file = directory.resolve("metrics.jsonl");
    record(file, 0, 4);
    record(file, 0, 1);

    assertThat(heads(file)).containsExactly("step 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my only copy\n", "no line end", "{\"text\": 1}\n", "{\"type\":\"x\"}\n"})
  void aFileOfSomethingElseIsRefusedAndLeftAsItIs(String content) throws IOException {
    Path file = directory.resolve("thesis.txt");
    Files.writeString(file, content);

    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      assertThatThrownBy(() -> metrics.onStart(0, 100))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("line 1");
    }
    assertThat(file).hasContent(content);
  }

  @Test
  void aPathBelowAFileIsNamed() throws IOException {
    Path file = directory.resolve("file");
    Files.writeString(file, "");
    try (JsonlMetrics metrics = new JsonlMetrics(file.resolve("metrics.jsonl"))) {
      assertThatThrownBy(() -> metrics.onStart(0, 100))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot write the metrics to " + file.resolve("metrics.jsonl"));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsNamed() {
    try (JsonlMetrics metrics = new JsonlMetrics(Path.of("/dev/full"))) {
      assertThatThrownBy(
              () -> {
                metrics.onStart(0, 100);
                metrics.onStep(Reports.step(1));
              })
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("/dev/full")
          .hasMessageContaining("No space left on device");
    }
  }

  private static void record(Path file, long from, long to) {
    try (JsonlMetrics metrics = new JsonlMetrics(file)) {
      metrics.onStart(from, 8);
      for (long step = from + 1; step <= to; step++) {
        metrics.onStep(Reports.step(step));
        if (step % 2 == 0) {
          metrics.onEvaluation(Reports.evaluation(step));
        }
      }
    }
  }

  private List<String> heads(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.map(this::head).toList();
    }
  }

  private String head(String line) {
    try {
      JsonNode node = json.readTree(line);
      return node.get("type").asText() + " " + node.get("step");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
