package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.model.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
      root = new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON");
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
    List<String> labels = labels(root);
    String problem = root.path("problem_type").asText("");
    if (problem.equals("multi_label_classification")
        || (problem.equals("regression") && labels.size() != 1)) {
      throw new ConfigurationException(
          String.format(
              "%s: the problem_type %s with %d labels is not supported; one class of several, or a"
                  + " regression of one number is",
              file, problem, labels.size()));
    }
    Pooling pooling = pooling(file, root, Architectures.sequencePooling(directory));
    return labels.size() == 1
        ? new Task.Regression(pooling)
        : new Task.Classification(labels, pooling);
  }

  /** transformers leaves {@code id2label} out where there are two classes without names. */
  private static List<String> labels(JsonNode root) {
    JsonNode names = root.path("id2label");
    if (names.isEmpty()) {
      return List.of("LABEL_0", "LABEL_1");
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
