package dev.loraplus.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.export.ModelTask;
import dev.loraplus.json.JsonTree;
import dev.loraplus.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A recorded run: its settings, its batches and what came out. */
final class RecordedCase {
  /**
   * A group of torch's optimizer.
   *
   * @param decay weight decay of the group
   * @param names parameters, as a peft model names them
   */
  record Group(double decay, List<String> names) {}

  private final Path suite;
  private final Path directory;
  private final JsonNode root;
  private final Task task;
  private final TensorFile batches;

  private RecordedCase(Path suite, Path directory, JsonNode root) {
    this.suite = suite;
    this.directory = directory;
    this.root = root;
    this.task = ModelTask.read(base());
    this.batches = TensorFile.read(directory.resolve("batches.safetensors"));
  }

  static RecordedCase read(Path suite, String name) {
    Path directory = suite.resolve("cases").resolve(name);
    Path file = directory.resolve("case.json");
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(file + ": not found");
    }
    try {
      return new RecordedCase(suite, directory, JsonTree.read(file));
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
    }
  }

  Path base() {
    return suite.resolve("bases").resolve(required("base").asText());
  }

  Task task() {
    return task;
  }

  Path adapter(String which) {
    return directory.resolve("adapter_" + which);
  }

  TensorFile tensors(String file) {
    return TensorFile.read(directory.resolve(file + ".safetensors"));
  }

  TensorFile finalAdapter() {
    return TensorFile.read(adapter("final").resolve("adapter_model.safetensors"));
  }

  int steps() {
    return losses().size();
  }

  Batch batch(int step) {
    return RecordedBatches.labelled(batches, step + ".", task);
  }

  OptimizerConfig optimizer() {
    JsonNode clip = root.path("clip_global_norm");
    return RecordedOptimizer.read(
        required("optimizer"),
        clip.isNumber() ? OptionalDouble.of(clip.doubleValue()) : OptionalDouble.empty(),
        schedule());
  }

  /** Steps that the schedule is made for. */
  long plannedSteps() {
    return schedule().total();
  }

  private RecordedSchedule schedule() {
    return RecordedSchedule.read(root.path("schedule"), steps());
  }

  /** Whether peft's LoRA-FA took the steps: one group holds all parameters, frozen ones too. */
  boolean isLoraFa() {
    return RecordedOptimizer.isLoraFa(required("optimizer"));
  }

  List<Double> losses() {
    return numbers(required("losses"));
  }

  /** Norms over all gradients before clipping, by step; empty if they are not recorded. */
  List<Double> gradientNorms() {
    return numbers(root.path("grad_norms_before_clip"));
  }

  /** Rates by step, of each group. */
  List<List<Double>> rates() {
    List<List<Double>> rates = new ArrayList<>();
    required("group_lrs_per_step").forEach(step -> rates.add(numbers(step)));
    return rates;
  }

  /** The groups A, embedding, B and B without decay; of LoRA-FA the only one. */
  List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (JsonNode node : required("groups")) {
      List<String> names = new ArrayList<>();
      node.path("params").forEach(name -> names.add(name.asText()));
      groups.add(new Group(node.path("weight_decay").doubleValue(), names));
    }
    return groups;
  }

  private JsonNode required(String key) {
    if (!root.hasNonNull(key)) {
      throw new ConfigurationException(
          directory.resolve("case.json") + ": '" + key + "' is missing");
    }
    return root.path(key);
  }

  private static List<Double> numbers(JsonNode node) {
    List<Double> numbers = new ArrayList<>();
    node.forEach(number -> numbers.add(number.doubleValue()));
    return numbers;
  }
}
