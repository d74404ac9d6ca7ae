package dev.loraplus.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model's {@code config.json} with typed access that names the file and the key in errors. */
final class JsonConfig {
  private final Path file;
  private final JsonNode root;

  private JsonConfig(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static JsonConfig read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          file + ": not found; a model directory holds config.json beside its weights");
    }
    try {
      JsonNode root = new ObjectMapper().readTree(file.toFile());
      if (!root.isObject()) {
        throw new ConfigurationException(file + ": must hold a JSON object");
      }
      return new JsonConfig(file, root);
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + firstLine(e.getMessage()));
    }
  }

  int positive(String key) {
    JsonNode node = root.path(key);
    if (!node.isInt() || node.intValue() < 1) {
      throw fault(key, "must be an integer of at least 1");
    }
    return node.intValue();
  }

  int positive(String key, int absent) {
    return has(key) ? positive(key) : absent;
  }

  double number(String key, double absent) {
    if (!has(key)) {
      return absent;
    }
    if (!root.path(key).isNumber()) {
      throw fault(key, "must be a number");
    }
    return root.path(key).doubleValue();
  }

  double probability(String key, double absent) {
    double value = number(key, absent);
    if (!(value >= 0 && value < 1)) {
      throw fault(key, "must be in [0, 1)");
    }
    return value;
  }

  String text(String key, String absent) {
    return has(key) ? root.path(key).asText() : absent;
  }

  boolean has(String key) {
    return root.hasNonNull(key);
  }

  ConfigurationException fault(String key, String rule) {
    return new ConfigurationException(
        String.format("%s: '%s' %s, got %s", file, key, rule, root.path(key)));
  }

  private static String firstLine(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("unreadable");
  }
}
