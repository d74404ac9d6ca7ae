package dev.loraplus.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Wall times of trials, beside the results and not among them, so that results of equal sweeps are
 * equal files. A trial that was run twice, because its result was lost, has its last time.
 */
final class TimesFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path path;
  private final Map<Integer, Double> seconds = new TreeMap<>();

  private TimesFile(Path path) {
    this.path = path;
  }

  static TimesFile open(Path results) {
    TimesFile times = new TimesFile(results.resolveSibling(results.getFileName() + ".times"));
    try {
      if (Files.exists(times.path)) {
        Files.readAllLines(times.path).forEach(times::take);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read the times " + times.path + ": " + e.getMessage(), e);
    }
    return times;
  }

  /** Seconds of trials by their place in the sweep. */
  Map<Integer, Double> seconds() {
    return seconds;
  }

  void append(int trial, double wallTime) {
    try {
      // The line feed comes first: it ends whatever a killed process left unfinished.
      Files.writeString(
          path,
          String.format(Locale.ROOT, "%n{\"trial\":%d,\"seconds\":%.3f}", trial, wallTime),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the times " + path + ": " + e.getMessage(), e);
    }
    seconds.put(trial, wallTime);
  }

  /** A line that a killed process left unfinished says nothing. */
  private void take(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node.path("trial").isInt() && node.path("seconds").isNumber()) {
        seconds.put(node.get("trial").asInt(), node.get("seconds").asDouble());
      }
    } catch (JsonProcessingException e) {
      return;
    }
  }
}
