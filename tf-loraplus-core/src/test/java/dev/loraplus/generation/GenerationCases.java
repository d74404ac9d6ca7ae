package dev.loraplus.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.Task;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What transformers generates with a tiny model; made by {@code src/test/python/generation.py}.
 *
 * @param prompts token ids
 * @param cases settings and what they give
 */
record GenerationCases(List<int[]> prompts, List<Case> cases) {
  static final Task TASK = new Task.CausalLanguageModel();

  /**
   * Settings and what they give.
   *
   * @param config the settings
   * @param tokens new tokens of each prompt
   */
  record Case(GenerationConfig config, List<List<Integer>> tokens) {}

  static Path directory(String model) {
    return Path.of("src/test/resources/generation", model);
  }

  static Architecture architecture(String model) {
    return Architectures.read(directory(model), TASK);
  }

  static PretrainedModel load(String model) {
    try (WeightSource source = WeightSource.open(directory(model))) {
      return PretrainedModel.load(architecture(model), source);
    }
  }

  static GenerationCases read(String model) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(directory(model).resolve("expected.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<int[]> prompts = new ArrayList<>();
    ids(root.path("prompts")).forEach(ids -> prompts.add(ids.stream().mapToInt(i -> i).toArray()));
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : root.path("cases")) {
      JsonNode settings = node.path("settings");
      GenerationConfig config =
          GenerationConfig.of(32, decoding(settings))
              .withStopIds(list(node.path("stops")))
              .withRepetitionPenalty(settings.path("repetition_penalty").asDouble(1));
      cases.add(new Case(config, ids(node.path("tokens"))));
    }
    return new GenerationCases(prompts, cases);
  }

  private static Decoding decoding(JsonNode settings) {
    if (!settings.has("num_beams")) {
      return new Decoding.Greedy();
    }
    EarlyStopping early =
        switch (settings.path("early_stopping").asText("false")) {
          case "true" -> EarlyStopping.WHEN_FULL;
          case "never" -> EarlyStopping.WHEN_IMPOSSIBLE;
          default -> EarlyStopping.WHEN_UNLIKELY;
        };
    double penalty = settings.path("length_penalty").asDouble(1);
    return new Decoding.Beams(settings.path("num_beams").asInt(), penalty, early);
  }

  private static List<List<Integer>> ids(JsonNode rows) {
    List<List<Integer>> all = new ArrayList<>();
    rows.forEach(row -> all.add(list(row)));
    return all;
  }

  private static List<Integer> list(JsonNode row) {
    List<Integer> values = new ArrayList<>();
    row.forEach(value -> values.add(value.asInt()));
    return values;
  }
}
