package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.json.JsonTree;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.weights.AtomicFile;
import dev.loraplus.weights.NumberType;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * A model with its adapters merged, W = W0 + s B A, as a Hugging Face directory: {@code
 * model.safetensors}, {@code config.json} and the tokenizer's files.
 */
public final class MergedCheckpoint {
  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.txt",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja",
          "generation_config.json");

  private MergedCheckpoint() {}

  /**
   * Writes the directory.
   *
   * @param model the model; its own weights stay unmerged
   * @param base the directory it was built from
   * @param task what it learned to give; classes become {@code id2label}
   * @param target made if it does not exist
   * @throws dev.loraplus.config.ConfigurationException if the target is the base directory or lies
   *     in it
   * @throws IllegalStateException if the model gives other answers merged, see {@link
   *     AdaptedModel#requireMergeable}
   * @throws WeightException if a file cannot be written
   */
  public static void save(AdaptedModel model, Path base, Task task, Path target) {
    model.requireMergeable();
    requireApart(base, target);
    try {
      Files.createDirectories(target);
      for (String name : TOKENIZER_FILES) {
        if (Files.exists(base.resolve(name))) {
          Files.copy(base.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      JsonNode config = JsonTree.read(base.resolve("config.json"));
      describe((ObjectNode) config, model.architecture(), task);
      AtomicFile.write(target.resolve("config.json"), JsonTree.pretty(config));
      // Last, since a directory without weights loads nowhere.
      saveWeights(model, target.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new WeightException(target + ": cannot be written: " + e, e);
    }
  }

  /**
   * Writes the merged weights alone, as peft merges them: also where an adapter sits on a table
   * that gives the logits too, so that the model with these weights gives other answers. No more
   * than a part of them is in memory at once.
   *
   * @param model the model; its own weights stay unmerged
   * @param file the .safetensors file to write or replace
   * @throws WeightException if the file cannot be written; an old one then stays as it was
   */
  public static void saveWeights(AdaptedModel model, Path file) {
    List<ModelWeights.Entry> entries = model.weights().all();
    try (WeightStream values = new WeightStream(model, entries)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      for (ModelWeights.Entry entry : entries) {
        writer.add(
            new StoredTensor(
                entry.spec().name(), NumberType.F32, entry.spec().shape(), entry.transposed()),
            values::next);
      }
      writer.write(file);
    }
  }

  /**
   * Refuses a place for a merged model that would change the model it is made from.
   *
   * @param base the directory of the base model
   * @param target where the merged model is to go
   * @throws dev.loraplus.config.ConfigurationException if the target is the base directory or lies
   *     in it, also by way of links
   */
  public static void requireApart(Path base, Path target) {
    try {
      if (resolved(target).startsWith(resolved(base))) {
        throw new ConfigurationException(
            String.format(
                "merged model: must not go into the directory of its base model, %s, got %s",
                base, target));
      }
    } catch (IOException e) {
      throw new WeightException(target + ": cannot be resolved: " + e, e);
    }
  }

  /** The path without links; of one that does not exist, the part that does without them. */
  private static Path resolved(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path existing = absolute;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing == null
        ? absolute
        : existing.toRealPath().resolve(existing.relativize(absolute));
  }

  /** What transformers' sequence classification reads, and the pooling, which it does not. */
  private static void describe(ObjectNode config, Architecture architecture, Task task) {
    config.putArray("architectures").add(architecture.transformersClass());
    if (task instanceof Task.Classification classification) {
      ObjectNode names = config.putObject("id2label");
      ObjectNode ids = config.putObject("label2id");
      List<String> labels = classification.labels();
      for (int i = 0; i < labels.size(); i++) {
        names.put(Integer.toString(i), labels.get(i));
        ids.put(labels.get(i), i);
      }
      putPooling(config, classification.pooling());
    } else if (task instanceof Task.Regression regression) {
      config.put("num_labels", 1);
      config.put("problem_type", "regression");
      config.putObject("id2label").put("0", "score");
      config.putObject("label2id").put("score", 0);
      putPooling(config, regression.pooling());
    }
  }

  private static void putPooling(ObjectNode config, Pooling pooling) {
    config.put("classifier_pooling", pooling.name().toLowerCase(Locale.ROOT));
  }
}
