package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.json.JsonTree;
import dev.loraplus.model.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The task that a model directory was trained for, from its {@code config.json}: what {@link
 * MergedCheckpoint} wrote there, or transformers.
 */
public final class ModelTask {
  private ModelTask() {}

  /**
   * Reads the task.
   *
   * @param directory holds {@code config.json}
   * @return the task, with the labels of {@code id2label}
   * @throws ConfigurationException if the file is missing or damaged, or says no task
   */
  public static Task read(Path directory) {
    Path file = directory.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(file + ": not found; a model directory holds it");
    }
    JsonNode root;
    try {
      root = JsonTree.read(file);
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
    }
    String name = root.path("architectures").path(0).asText("(none)");
    if (name.endsWith("ForMaskedLM")) {
      return new Task.MaskedLanguageModel();
    }
    if (name.endsWith("ForCausalLM") || name.endsWith("LMHeadModel")) {
      return new Task.CausalLanguageModel();
    }
    boolean sequences = name.endsWith("ForSequenceClassification");
    if (!sequences && !root.has("classifier_pooling")) {
      throw new ConfigurationException(
          file + ": the architecture " + name + " says no task; name the task or an adapter");
    }
    List<String> labels = labels(file, root);
    String problem = root.path("problem_type").asText("");
    boolean score = labels.size() == 1;
    if (problem.equals("multi_label_classification")
        || problem.equals(score ? "single_label_classification" : "regression")) {
      throw new ConfigurationException(
          String.format(
              "%s: the problem_type %s with %d labels is not supported; one class of several, or a"
                  + " regression of one number is",
              file, problem, labels.size()));
    }
    Pooling pooling = pooling(file, root, Architectures.sequencePooling(directory));
    return score ? new Task.Regression(pooling) : new Task.Classification(labels, pooling);
  }

  /** Without {@code id2label}, transformers counts {@code num_labels}, or takes two. */
  private static List<String> labels(Path file, JsonNode root) {
    JsonNode names = root.path("id2label");
    JsonNode count = root.path("num_labels");
    if (names.isEmpty()) {
      return IntStream.range(0, count.asInt(2)).mapToObj(id -> "LABEL_" + id).toList();
    }
    if (count.isInt() && count.intValue() != names.size()) {
      throw new ConfigurationException(
          String.format(
              "%s: num_labels is %d, and id2label has %d names; make them agree",
              file, count.intValue(), names.size()));
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; names.has(Integer.toString(i)); i++) {
      labels.add(names.path(Integer.toString(i)).asText());
    }
    return labels;
  }

  private static Pooling pooling(Path file, JsonNode root, Pooling usual) {
    if (!root.hasNonNull("classifier_pooling")) {
      return usual;
    }
    String name = root.path("classifier_pooling").asText();
    return switch (name) {
      case "cls_pooler" -> Pooling.CLS_POOLER;
      case "mean" -> Pooling.MEAN;
      case "last_token" -> Pooling.LAST_TOKEN;
      default ->
          throw new ConfigurationException(
              file
                  + ": classifier_pooling must be cls_pooler, mean or last_token, got '"
                  + name
                  + "'");
    };
  }
}
