package dev.loraplus.savedmodel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import dev.loraplus.savedmodel.plan.TargetPlan;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code adapter_config.json} with peft's field names; module paths are names of variables. */
final class AdapterConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AdapterConfigFile() {}

  static void write(Path file, TargetPlan plan, String base) throws IOException {
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config(plan, base));
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer buffer = ByteBuffer.wrap(json);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        });
  }

  static LoraConfig read(Path file) {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + e);
    }
    if (!root.path("r").isInt() || !root.path("lora_alpha").isNumber()) {
      throw new ConfigurationException(file + ": r and lora_alpha must be numbers");
    }
    List<String> targets = texts(root.path("target_modules"));
    Map<String, Integer> ranks = new LinkedHashMap<>();
    root.path("rank_pattern")
        .properties()
        .forEach(e -> ranks.put(e.getKey(), e.getValue().asInt()));
    Map<String, Double> alphas = new LinkedHashMap<>();
    root.path("alpha_pattern")
        .properties()
        .forEach(e -> alphas.put(e.getKey(), e.getValue().asDouble()));
    LoraConfig plain =
        LoraConfig.of(
            root.get("r").asInt(),
            root.get("lora_alpha").asDouble(),
            new TargetModules.Named(targets));
    List<String> saved = texts(root.path("modules_to_save"));
    return new LoraConfig(
        plain.rank(),
        plain.alpha(),
        root.path("lora_dropout").asDouble(0),
        plain.targets(),
        plain.excludes(),
        plain.layers(),
        new Patterns(ranks, alphas),
        plain.bias(),
        saved.isEmpty() ? plain.modulesToSave() : Optional.of(saved),
        plain.init(),
        plain.variant(),
        root.path("use_rslora").asBoolean(false));
  }

  private static ObjectNode config(TargetPlan plan, String base) {
    LoraConfig config = plan.config();
    ObjectNode root = JSON.createObjectNode();
    root.put("peft_type", "LORA");
    root.put("base_model_name_or_path", base);
    root.put("inference_mode", true);
    root.put("r", config.rank());
    root.put("lora_alpha", config.alpha());
    root.put("lora_dropout", config.dropout());
    root.put("use_rslora", config.rsLora());
    root.put("fan_in_fan_out", false);
    root.put("bias", "none");
    ArrayNode targets = root.putArray("target_modules");
    ObjectNode ranks = root.putObject("rank_pattern");
    ObjectNode alphas = root.putObject("alpha_pattern");
    for (PlannedTarget planned : plan.adapters()) {
      String path = planned.target().kernel().path();
      targets.add(path);
      if (planned.settings().rank() != config.rank()) {
        ranks.put(Pattern.quote(path), planned.settings().rank());
      }
      if (planned.alpha() != config.alpha()) {
        alphas.put(Pattern.quote(path), planned.alpha());
      }
    }
    ArrayNode saved = root.putArray("modules_to_save");
    plan.savedWeights().forEach(kernel -> saved.add(kernel.path()));
    return root;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
