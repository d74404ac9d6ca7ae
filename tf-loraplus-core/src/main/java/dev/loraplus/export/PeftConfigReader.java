package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.json.JsonTree;
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
import java.util.function.Predicate;

/**
 * Reads {@code adapter_config.json}. A setting that changes what an adapter computes and that is
 * not honoured here is an error, whatever the version of peft that wrote it.
 */
final class PeftConfigReader {
  /** Heads that peft adds for a sequence classification, whatever the network's head is called. */
  private static final Set<String> PEFT_HEADS = Set.of("classifier", "score");

  private static final Kind NUMBER = new Kind("a number", JsonNode::isNumber);
  private static final Kind WHOLE_NUMBER = new Kind("a whole number", JsonNode::isInt);
  private static final Kind NAME = new Kind("a name", JsonNode::isTextual);
  private static final Kind FLAG = new Kind("true or false", JsonNode::isBoolean);
  private static final Kind TABLE = new Kind("an object", JsonNode::isObject);

  /** What a value has to be. */
  private record Kind(String description, Predicate<JsonNode> rule) {}

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
      JsonNode root = JsonTree.read(file);
      return new PeftConfigReader(file, root, architecture).config();
    } catch (IOException e) {
      throw new ConfigurationException(file + ": not valid JSON: " + JsonTree.reason(e));
    }
  }

  private LoraConfig config() {
    faults.require(root.isObject(), "must hold a JSON object");
    String type = root.path("peft_type").asText("(none)");
    faults.require(
        type.equals("LORA"),
        "peft_type: only adapters of the type LORA are supported, got %s",
        type);
    root.properties()
        .forEach(field -> PeftFields.require(faults, field.getKey(), field.getValue()));
    try {
      faults.throwIfAny();
      LoraConfig config = AdapterPlanner.withoutSavedTargets(architecture, settings());
      if (root.hasNonNull("fan_in_fan_out")) {
        KernelOrder.require(AdapterPlanner.targets(architecture, config), flag("fan_in_fan_out"));
      }
      return config;
    } catch (ConfigurationException e) {
      throw new ConfigurationException(e.faults().stream().map(f -> file + ": " + f).toList());
    }
  }

  private LoraConfig settings() {
    Integer rank = faults.collect(() -> required("r", WHOLE_NUMBER).intValue());
    Double alpha = faults.collect(() -> required("lora_alpha", NUMBER).doubleValue());
    Double dropout =
        faults.collect(
            () -> optional("lora_dropout", NUMBER).map(JsonNode::doubleValue).orElse(0.0));
    TargetModules targets =
        faults.collect(
            () ->
                rule("target_modules")
                    .orElseThrow(() -> new ConfigurationException("target_modules is missing")));
    Optional<TargetModules> excludes = faults.collect(() -> rule("exclude_modules"));
    LayerSelection layers = faults.collect(this::layers);
    Patterns patterns = faults.collect(this::patterns);
    BiasMode bias = faults.collect(this::bias);
    List<String> saved = faults.collect(this::savedModules);
    LoraInit init = faults.collect(() -> PeftInit.read(root.path("init_lora_weights")));
    LoraVariant variant = faults.collect(this::variant);
    Boolean rsLora = faults.collect(() -> flag("use_rslora"));
    faults.throwIfAny();
    return new LoraConfig(
        Faults.built(rank),
        Faults.built(alpha),
        Faults.built(dropout),
        Faults.built(targets),
        Faults.built(excludes),
        Faults.built(layers),
        Faults.built(patterns),
        Faults.built(bias),
        Optional.of(Faults.built(saved)),
        Faults.built(init),
        Faults.built(variant),
        Faults.built(rsLora));
  }

  private LayerSelection layers() {
    return new LayerSelection(
        list("layers_to_transform", WHOLE_NUMBER, JsonNode::intValue),
        list("layers_pattern", NAME, JsonNode::textValue));
  }

  private Patterns patterns() {
    return new Patterns(
        pattern("rank_pattern", WHOLE_NUMBER, JsonNode::intValue),
        pattern("alpha_pattern", NUMBER, JsonNode::doubleValue));
  }

  private LoraVariant variant() {
    boolean dora = flag("use_dora");
    boolean bias = flag("lora_bias");
    if (dora && bias) {
      throw new ConfigurationException("use_dora and lora_bias: only one of them can be true");
    }
    if (dora) {
      return LoraVariant.DORA;
    }
    return bias ? LoraVariant.B_BIAS : LoraVariant.PLAIN;
  }

  private boolean flag(String key) {
    return optional(key, FLAG).map(JsonNode::booleanValue).orElse(false);
  }

  private static JsonNode checked(String name, JsonNode node, Kind kind) {
    if (!kind.rule().test(node)) {
      throw new ConfigurationException(
          String.format("%s must be %s, got %s", name, kind.description(), node));
    }
    return node;
  }

  private JsonNode required(String key, Kind kind) {
    return checked(key, root.path(key), kind);
  }

  private Optional<JsonNode> optional(String key, Kind kind) {
    return root.hasNonNull(key) ? Optional.of(required(key, kind)) : Optional.empty();
  }

  private Optional<TargetModules> rule(String key) {
    JsonNode node = root.path(key);
    if (!node.isTextual()) {
      List<String> names = list(key, NAME, JsonNode::textValue);
      return names.isEmpty() ? Optional.empty() : Optional.of(new TargetModules.Named(names));
    }
    return Optional.of(
        node.asText().equals("all-linear")
            ? TargetModules.allLinear()
            : TargetModules.regex(node.asText()));
  }

  /** A list, or what peft takes for a list of one: the value alone. */
  private <V> List<V> list(String key, Kind kind, Function<JsonNode, V> value) {
    if (!root.hasNonNull(key)) {
      return List.of();
    }
    JsonNode node = root.path(key);
    Iterable<JsonNode> values = node.isArray() ? node : List.of(node);
    List<V> list = new ArrayList<>();
    values.forEach(one -> list.add(value.apply(checked(key, one, kind))));
    return list.stream().distinct().toList();
  }

  private <V> Map<String, V> pattern(String key, Kind kind, Function<JsonNode, V> value) {
    Map<String, V> patterns = new LinkedHashMap<>();
    optional(key, TABLE)
        .ifPresent(
            table ->
                table
                    .properties()
                    .forEach(
                        field ->
                            patterns.put(
                                field.getKey(),
                                value.apply(
                                    checked(
                                        key + " '" + field.getKey() + "'",
                                        field.getValue(),
                                        kind)))));
    return patterns;
  }

  private List<String> savedModules() {
    return list("modules_to_save", NAME, JsonNode::textValue).stream()
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
              "bias must be one of none, all, lora_only, got '" + name + "'");
    };
  }
}
