package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.TargetModules;
import dev.loraplus.model.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads {@code adapter_config.json}. A setting that changes what an adapter computes and that is
 * not honoured here is an error, whatever the version of peft that wrote it.
 */
final class PeftConfigReader {
  /** Settings that are read below. */
  private static final Set<String> HONOURED =
      Set.of(
          "peft_type",
          "r",
          "lora_alpha",
          "lora_dropout",
          "target_modules",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "rank_pattern",
          "alpha_pattern",
          "bias",
          "modules_to_save",
          "init_lora_weights",
          "use_rslora");

  /** Settings that describe the file and change nothing that an adapter computes. */
  private static final Set<String> DESCRIPTIVE =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "inference_mode",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision",
          "task_type");

  /** Heads that peft adds for a sequence classification, whatever the network's head is called. */
  private static final Set<String> PEFT_HEADS = Set.of("classifier", "score");

  private final Path file;
  private final JsonNode root;
  private final Architecture architecture;
  private final Faults faults = new Faults();

  private PeftConfigReader(Path file, JsonNode root, Architecture architecture) {
    this.file = file;
    this.root = root;
    this.architecture = architecture;
  }

  static LoraConfig read(Path file, Architecture architecture) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(file + ": not found; an adapter directory holds it");
    }
    try {
      JsonNode root = new ObjectMapper().readTree(file.toFile());
      return new PeftConfigReader(file, root, architecture).config();
    } catch (IOException e) {
      throw new ConfigurationException(
          file
              + ": not valid JSON: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private LoraConfig config() {
    faults.require(root.isObject(), "%s: must hold a JSON object", file);
    String type = root.path("peft_type").asText("(none)");
    faults.require(type.equals("LORA"), "%s: peft_type must be LORA, got %s", file, type);
    root.properties().forEach(field -> requireHonoured(field.getKey(), field.getValue()));
    faults.throwIfAny();
    return new LoraConfig(
        number("r").intValue(),
        number("lora_alpha").doubleValue(),
        root.path("lora_dropout").asDouble(0),
        rule("target_modules")
            .orElseThrow(() -> new ConfigurationException(file + ": target_modules is missing")),
        rule("exclude_modules"),
        layers(),
        strings("layers_pattern"),
        pattern("rank_pattern", JsonNode::intValue),
        pattern("alpha_pattern", JsonNode::doubleValue),
        bias(),
        Optional.of(savedModules()),
        init(),
        root.path("use_rslora").asBoolean(false));
  }

  private void requireHonoured(String key, JsonNode value) {
    boolean off =
        value.isNull()
            || (value.isBoolean() && !value.booleanValue())
            || (value.isContainerNode() && value.isEmpty());
    faults.require(
        off || HONOURED.contains(key) || DESCRIPTIVE.contains(key),
        "%s: the setting '%s' is not supported, got %s",
        file,
        key,
        value);
  }

  private JsonNode number(String key) {
    JsonNode node = root.path(key);
    if (!node.isNumber()) {
      throw new ConfigurationException(
          String.format("%s: %s must be a number, got %s", file, key, node));
    }
    return node;
  }

  private Optional<TargetModules> rule(String key) {
    JsonNode node = root.path(key);
    if (node.isArray()) {
      return node.isEmpty() ? Optional.empty() : Optional.of(new TargetModules.Named(strings(key)));
    }
    if (!node.isTextual()) {
      return Optional.empty();
    }
    return Optional.of(
        node.asText().equals("all-linear")
            ? TargetModules.allLinear()
            : TargetModules.regex(node.asText()));
  }

  private List<String> strings(String key) {
    JsonNode node = root.path(key);
    if (node.isTextual()) {
      return List.of(node.asText());
    }
    List<String> values = new ArrayList<>();
    node.forEach(value -> values.add(value.asText()));
    return values.stream().distinct().toList();
  }

  private List<Integer> layers() {
    JsonNode node = root.path("layers_to_transform");
    if (node.isInt()) {
      return List.of(node.intValue());
    }
    List<Integer> values = new ArrayList<>();
    node.forEach(value -> values.add(value.intValue()));
    return values;
  }

  private <V> Map<String, V> pattern(String key, Function<JsonNode, V> value) {
    Map<String, V> patterns = new LinkedHashMap<>();
    root.path(key)
        .properties()
        .forEach(field -> patterns.put(field.getKey(), value.apply(field.getValue())));
    return patterns;
  }

  private List<String> savedModules() {
    return strings("modules_to_save").stream()
        .filter(name -> !PEFT_HEADS.contains(name) || architecture.head().contains(name))
        .toList();
  }

  private BiasMode bias() {
    String name = root.path("bias").asText("none");
    return switch (name) {
      case "none" -> BiasMode.NONE;
      case "all" -> BiasMode.ALL;
      case "lora_only" -> BiasMode.LORA_ONLY;
      default ->
          throw new ConfigurationException(
              file + ": bias must be one of none, all, lora_only, got '" + name + "'");
    };
  }

  private LoraInit init() {
    JsonNode node = root.path("init_lora_weights");
    String name = node.isMissingNode() ? "true" : node.asText();
    return switch (name) {
      // With "false" both matrices start at random; stored values replace either start.
      case "true", "false" -> LoraInit.KAIMING_UNIFORM;
      case "gaussian" -> LoraInit.GAUSSIAN;
      default ->
          throw new ConfigurationException(
              file + ": init_lora_weights must be true, false or \"gaussian\", got '" + name + "'");
    };
  }
}
