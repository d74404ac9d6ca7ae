package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.json.JsonTree;
import dev.loraplus.weights.AtomicFile;
import dev.loraplus.weights.WeightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The task of a saved adapter, {@code task.json} beside it: peft's files do not say what the
 * classes are called or how tokens were pooled.
 */
public final class TaskFile {
  private static final String NAME = "task.json";

  private TaskFile() {}

  /**
   * Writes the task beside an adapter.
   *
   * @param directory the adapter's directory, which exists
   * @param task what the model learned to give
   * @throws WeightException if the file cannot be written
   */
  public static void save(Path directory, Task task) {
    ObjectNode root = JsonTree.object();
    if (task instanceof Task.Classification c) {
      root.put("type", "classification").put("pooling", name(c.pooling()));
      ArrayNode labels = root.putArray("labels");
      c.labels().forEach(labels::add);
    } else if (task instanceof Task.Regression r) {
      root.put("type", "regression").put("pooling", name(r.pooling()));
    } else if (task instanceof Task.CausalLanguageModel) {
      root.put("type", "causal_lm");
    } else {
      root.put("type", "masked_lm");
    }
    Path file = directory.resolve(NAME);
    try {
      AtomicFile.write(file, JsonTree.pretty(root));
    } catch (IOException e) {
      throw new WeightException(file + ": cannot be written: " + e, e);
    }
  }

  /**
   * Reads the task of an adapter.
   *
   * @param directory the adapter's directory
   * @return what the model learned to give
   * @throws ConfigurationException if the file is missing or damaged
   */
  public static Task read(Path directory) {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          file + ": not found; adapters saved here have it, say the task of others yourself");
    }
    try {
      JsonNode root = JsonTree.read(file);
      return switch (root.path("type").asText("(none)")) {
        case "classification" -> new Task.Classification(labels(root), pooling(file, root));
        case "regression" -> new Task.Regression(pooling(file, root));
        case "masked_lm" -> new Task.MaskedLanguageModel();
        case "causal_lm" -> new Task.CausalLanguageModel();
        default ->
            throw new ConfigurationException(
                file
                    + ": type must be one of classification, regression, masked_lm, causal_lm, got "
                    + root.path("type"));
      };
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
    }
  }

  private static List<String> labels(JsonNode root) {
    List<String> labels = new ArrayList<>();
    root.path("labels").forEach(label -> labels.add(label.asText()));
    return labels;
  }

  private static String name(Pooling pooling) {
    return pooling.name().toLowerCase(Locale.ROOT);
  }

  private static Pooling pooling(Path file, JsonNode root) {
    String name = root.path("pooling").asText("(none)");
    return switch (name) {
      case "cls_pooler" -> Pooling.CLS_POOLER;
      case "mean" -> Pooling.MEAN;
      case "last_token" -> Pooling.LAST_TOKEN;
      default ->
          throw new ConfigurationException(
              file + ": pooling must be cls_pooler, mean or last_token, got '" + name + "'");
    };
  }
}
