package dev.loraplus.savedmodel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.export.PeftInit;
import dev.loraplus.json.JsonTree;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import dev.loraplus.savedmodel.plan.TargetPlan;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code adapter_config.json} with peft's field names; module paths are names of variables. */
final class AdapterConfigFile {
  private static final String BIAS = "bias";
  private static final String INIT = "init_lora_weights";
  private static final String DORA = "use_dora";

  /** peft has no such field. */
  private static final String PLACEMENT = "placement";

  private AdapterConfigFile() {}

  static void write(Path file, TargetPlan plan, String base) throws IOException {
    AtomicFile.write(file, JsonTree.pretty(config(plan, base)));
  }

  /** Adapters that were saved before there was a choice are beside their products. */
  static AdapterPlacement readPlacement(Path file) {
    return choice(file, PLACEMENT, parsed(file).path(PLACEMENT), AdapterPlacement.class, "beside");
  }

  static LoraConfig read(Path file) {
    return config(parsed(file), file);
  }

  private static LoraConfig config(JsonNode root, Path file) {
    if (!root.path("r").isInt() || !root.path("lora_alpha").isNumber()) {
      throw new ConfigurationException(file + ": r and lora_alpha must be numbers");
    }
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
            exactly(texts(root.path("target_modules"))));
    List<String> saved = texts(root.path("modules_to_save"));
    return new LoraConfig(
        plain.rank(),
        plain.alpha(),
        root.path("lora_dropout").asDouble(0),
        plain.targets(),
        plain.excludes(),
        plain.layers(),
        new Patterns(ranks, alphas),
        choice(file, BIAS, root.path(BIAS), BiasMode.class, "none"),
        saved.isEmpty() ? plain.modulesToSave() : Optional.of(saved),
        PeftInit.read(root.path(INIT)),
        root.path(DORA).asBoolean(false) ? LoraVariant.DORA : LoraVariant.PLAIN,
        root.path("use_rslora").asBoolean(false));
  }

  /** The configuration of a plan with its targets by their whole names. */
  static LoraConfig exact(TargetPlan plan) {
    return config(config(plan, ""), Path.of(""));
  }

  /** A name alone would also mean the weights whose names end with it. */
  private static TargetModules exactly(List<String> paths) {
    return TargetModules.regex(paths.stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  private static JsonNode parsed(Path file) {
    try {
      return JsonTree.read(file);
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + e);
    }
  }

  private static <E extends Enum<E>> E choice(
      Path file, String key, JsonNode node, Class<E> type, String otherwise) {
    String name = node.asText(otherwise);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> text(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    String.format(
                        "%s: %s must be one of %s, got %s",
                        file,
                        key,
                        Arrays.stream(type.getEnumConstants())
                            .map(AdapterConfigFile::text)
                            .toList(),
                        node)));
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode config(TargetPlan plan, String base) {
    LoraConfig config = plan.config();
    ObjectNode root = JsonTree.object();
    root.put("peft_type", "LORA");
    root.put("base_model_name_or_path", base);
    root.put("inference_mode", true);
    root.put("r", config.rank());
    root.put("lora_alpha", config.alpha());
    root.put("lora_dropout", config.dropout());
    root.put("use_rslora", config.rsLora());
    root.put("fan_in_fan_out", false);
    root.put(BIAS, text(config.bias()));
    root.set(INIT, PeftInit.write(config.init()));
    root.put(DORA, config.variant() == LoraVariant.DORA);
    root.put(PLACEMENT, text(plan.placement()));
    ArrayNode targets = root.putArray("target_modules");
    ObjectNode ranks = root.putObject("rank_pattern");
    ObjectNode alphas = root.putObject("alpha_pattern");
    for (PlannedTarget planned : plan.adapters()) {
      String path = planned.target().kernel().path();
      targets.add(path);
      if (planned.settings().rank() != config.rank()) {
        ranks.put("^" + Pattern.quote(path), planned.settings().rank());
      }
      if (planned.alpha() != config.alpha()) {
        alphas.put("^" + Pattern.quote(path), planned.alpha());
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
