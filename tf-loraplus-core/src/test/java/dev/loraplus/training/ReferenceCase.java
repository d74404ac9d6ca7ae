package dev.loraplus.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Task;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** A run of torch, transformers and peft that conformance_cases.py recorded. */
final class ReferenceCase {
  /** peft's group of parameters. */
  record Group(double rate, double decay, List<String> names) {}

  private final Path directory;
  private final JsonNode root;
  private final SafetensorsBytes batches;

  private ReferenceCase(Path directory, JsonNode root) {
    this.directory = directory;
    this.root = root;
    this.batches = SafetensorsBytes.read(directory.resolve("batches.safetensors"));
  }

  static ReferenceCase read(Path directory) {
    try {
      return new ReferenceCase(
          directory, new ObjectMapper().readTree(directory.resolve("case.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int steps() {
    return root.path("steps").intValue();
  }

  Path base() {
    return directory.resolve("../../bases").resolve(root.path("base").asText()).normalize();
  }

  /** The task of the base, whose name is that of a family and a head. */
  Task task() {
    String name = root.path("base").asText();
    if (name.endsWith("-lm")) {
      return new Task.CausalLanguageModel();
    }
    boolean decoder = name.startsWith("gpt2") || name.startsWith("llama");
    return new Task.Classification(
        List.of("a", "b", "c"), decoder ? Pooling.LAST_TOKEN : Pooling.CLS_POOLER);
  }

  Path adapter(String which) {
    return directory.resolve("adapter_" + which);
  }

  SafetensorsBytes tensors(String file) {
    return SafetensorsBytes.read(directory.resolve(file + ".safetensors"));
  }

  List<Double> numbers(String field) {
    List<Double> numbers = new ArrayList<>();
    root.path(field).forEach(node -> numbers.add(node.doubleValue()));
    return numbers;
  }

  /** Whether peft's LoRA-FA took the steps: one group holds all parameters, frozen ones too. */
  boolean isLoraFa() {
    return root.path("optimizer").path("cls").asText().equals("LoRAFA");
  }

  /** Rates by step of the groups A, embedding, B and B without decay. */
  List<List<Double>> rates() {
    List<List<Double>> rates = new ArrayList<>();
    for (JsonNode step : root.path("group_lrs_per_step")) {
      List<Double> groups = new ArrayList<>();
      step.forEach(rate -> groups.add(rate.doubleValue()));
      rates.add(groups);
    }
    return rates;
  }

  List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (JsonNode node : root.path("groups")) {
      List<String> names = new ArrayList<>();
      node.path("params").forEach(name -> names.add(name.asText()));
      groups.add(
          new Group(node.path("lr").doubleValue(), node.path("weight_decay").doubleValue(), names));
    }
    return groups;
  }

  Tokens tokens(int step) {
    return Tokens.read(batches, step + ".");
  }

  Batch batch(int step) {
    Tokens tokens = tokens(step);
    float[] weights = new float[tokens.rows()];
    Arrays.fill(weights, 1);
    return new Batch(
        tokens.rows(),
        tokens.length(),
        tokens.ids(),
        tokens.types(),
        tokens.mask(),
        new int[tokens.ids().length],
        targets(batches.ints(step + ".labels"), tokens),
        weights,
        tokens.rows(),
        Arrays.stream(tokens.mask()).sum());
  }

  private static Targets targets(int[] labels, Tokens tokens) {
    if (labels.length == tokens.rows()) {
      return new Targets.ClassIds(labels);
    }
    int[][] rows = new int[tokens.rows()][];
    int length = tokens.length();
    Arrays.setAll(rows, row -> Arrays.copyOfRange(labels, row * length, (row + 1) * length));
    return new Targets.TokenLabels(rows);
  }

  OptimizerConfig optimizer() {
    JsonNode settings = root.path("optimizer");
    JsonNode clip = root.path("clip_global_norm");
    return new OptimizerConfig(
        rule(settings),
        settings.path("lr").doubleValue(),
        settings.path("ratio").asDouble(1),
        settings
            .path("loraplus_lr_embedding")
            .asDouble(OptimizerConfig.DEFAULT_EMBEDDING_LEARNING_RATE),
        OptionalDouble.empty(),
        settings.path(isLoraFa() ? "weight_decay" : "loraplus_weight_decay").asDouble(0),
        isLoraFa() ? new DecayExclusions(false, false, List.of()) : DecayExclusions.standard(),
        clip.isNumber() ? OptionalDouble.of(clip.doubleValue()) : OptionalDouble.empty(),
        schedule(root.path("schedule")),
        false);
  }

  private static UpdateRule rule(JsonNode settings) {
    String name = settings.path("cls").asText();
    JsonNode kwargs = settings.path("kwargs");
    return switch (name) {
      case "SGD" -> UpdateRule.sgd(kwargs.path("momentum").asDouble(0));
      case "AdamW" ->
          new UpdateRule.AdamW(
              kwargs.path("betas").path(0).asDouble(0.9),
              kwargs.path("betas").path(1).asDouble(0.999),
              kwargs.path("eps").asDouble(1e-8));
      default -> UpdateRule.named(name);
    };
  }

  private static Schedule schedule(JsonNode node) {
    if (node.isNull()) {
      return Schedule.constant();
    }
    Schedule then =
        node.path("kind").asText().equals("cosine") ? Schedule.cosine() : Schedule.linear();
    return Schedule.warmup(node.path("warmup").longValue(), then);
  }
}
