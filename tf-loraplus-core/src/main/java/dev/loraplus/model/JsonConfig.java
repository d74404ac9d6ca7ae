package dev.loraplus.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

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
      JsonNode root = JsonTree.read(file);
      if (!root.isObject()) {
        throw new ConfigurationException(file + ": must hold a JSON object");
      }
      return new JsonConfig(file, root);
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
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

  int atLeastZero(String key, int absent) {
    if (!has(key)) {
      return absent;
    }
    if (!root.path(key).isInt() || root.path(key).intValue() < 0) {
      throw fault(key, "must be an integer of at least 0");
    }
    return root.path(key).intValue();
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

  double aboveZero(String key, double absent) {
    return has(key) ? aboveZero(key) : absent;
  }

  double aboveZero(String key) {
    double value = number(key, 0);
    if (!(value > 0)) {
      throw fault(key, "must be a number above 0");
    }
    return value;
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

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (!root.path(key).isBoolean()) {
      throw fault(key, "must be true or false");
    }
    return root.path(key).booleanValue();
  }

  /** Refuses a setting that would change the computation to one that is not built here. */
  void requireFlag(String key, boolean supported) {
    if (flag(key, supported) != supported) {
      throw fault(key, "must be " + supported + ", the other is not supported");
    }
  }

  /** Transformers' name of a nonlinearity that {@link Activation} knows. */
  String activation(String key, String absent) {
    String name = text(key, absent);
    if (Activation.find(name).isEmpty()) {
      throw fault(key, "must be one of " + Activation.NAMES);
    }
    return name;
  }

  /** The id of a token, if there is one. */
  OptionalInt tokenId(String key, int vocabularySize) {
    JsonNode node = root.path(key);
    if (!has(key)) {
      return OptionalInt.empty();
    }
    if (!node.isInt() || node.intValue() < 0 || node.intValue() >= vocabularySize) {
      throw fault(key, "must be a token id in [0, " + vocabularySize + ")");
    }
    return OptionalInt.of(node.intValue());
  }

  List<String> strings(String key) {
    List<String> values = new ArrayList<>();
    root.path(key).forEach(value -> values.add(value.asText()));
    return values;
  }

  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    root.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** An object inside this one; its errors name the same file. */
  JsonConfig object(String key) {
    if (!root.path(key).isObject()) {
      throw fault(key, "must be an object");
    }
    return new JsonConfig(file, root.path(key));
  }

  boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** Whether the key stands in the file, be it with null. */
  boolean names(String key) {
    return root.has(key);
  }

  ConfigurationException fault(String key, String rule) {
    return new ConfigurationException(
        String.format("%s: '%s' %s, got %s", file, key, rule, root.path(key)));
  }
}
