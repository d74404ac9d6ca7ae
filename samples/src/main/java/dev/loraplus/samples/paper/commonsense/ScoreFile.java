package dev.loraplus.samples.paper.commonsense;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scored questions, a JSON object a line, in the order of the data. What an interrupted run wrote
 * is kept, but for a line that was cut off.
 */
final class ScoreFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<ScoredQuestion> scored;

  private ScoreFile(Path file, List<ScoredQuestion> scored) {
    this.file = file;
    this.scored = scored;
  }

  static ScoreFile open(Path file) {
    List<ScoredQuestion> scored = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        String content = Files.readString(file);
        String whole = content.substring(0, content.lastIndexOf('\n') + 1);
        for (String line : whole.lines().toList()) {
          scored.add(question(JSON.readTree(line)));
        }
        Files.writeString(file, whole);
      } else {
        Files.createFile(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file + ": " + e, e);
    }
    return new ScoreFile(file, scored);
  }

  private static ScoredQuestion question(JsonNode object) {
    JsonNode sums = object.path("logLikelihoods");
    double[] logLikelihoods = new double[sums.size()];
    Arrays.setAll(logLikelihoods, i -> sums.get(i).doubleValue());
    return new ScoredQuestion(
        object.path("answer").intValue(),
        logLikelihoods,
        ints(object.path("tokens")),
        ints(object.path("characters")));
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.get(i).intValue());
    return values;
  }

  List<ScoredQuestion> questions() {
    return List.copyOf(scored);
  }

  int size() {
    return scored.size();
  }

  void add(List<ScoredQuestion> more) {
    try {
      StringBuilder lines = new StringBuilder();
      for (ScoredQuestion each : more) {
        lines.append(JSON.writeValueAsString(each)).append('\n');
      }
      Files.writeString(file, lines, StandardOpenOption.APPEND);
      scored.addAll(more);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }
}
