package dev.loraplus.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.UpdateRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * The optimizer of a case: torch's class and its arguments, under the names of torch and of peft's
 * {@code create_loraplus_optimizer} and {@code create_lorafa_optimizer}. An argument that would
 * change the steps and is not known here is a fault.
 */
final class RecordedOptimizer {
  private static final String LORA_FA = "LoRAFA";

  /** Arguments that choose how torch computes, not what. */
  private static final Set<String> HOW = Set.of("foreach", "fused", "capturable", "differentiable");

  private final String rule;
  private final Map<String, JsonNode> arguments = new LinkedHashMap<>();
  private final Set<String> unread = new TreeSet<>();

  private RecordedOptimizer(JsonNode node) {
    rule = node.path("cls").asText("(none)");
    node.properties().forEach(field -> put(field.getKey(), field.getValue()));
    node.path("kwargs").properties().forEach(field -> put(field.getKey(), field.getValue()));
    unread.removeAll(Set.of("cls", "kwargs"));
    unread.removeAll(HOW);
  }

  private void put(String key, JsonNode value) {
    arguments.put(key, value);
    unread.add(key);
  }

  static boolean isLoraFa(JsonNode node) {
    return node.path("cls").asText().equals(LORA_FA);
  }

  /**
   * The configuration.
   *
   * @param node {@code optimizer} of {@code case.json}
   * @param clip largest gradient norm
   * @param schedule the course of the rates
   */
  static OptimizerConfig read(JsonNode node, OptionalDouble clip, RecordedSchedule schedule) {
    RecordedOptimizer recorded = new RecordedOptimizer(node);
    OptimizerConfig config = recorded.config(clip, schedule);
    if (!recorded.unread.isEmpty()) {
      throw new ConfigurationException(
          String.format("optimizer: %s of %s is not supported", recorded.unread, recorded.rule));
    }
    return config;
  }

  private OptimizerConfig config(OptionalDouble clip, RecordedSchedule schedule) {
    boolean loraFa = rule.equals(LORA_FA);
    double rate = number("lr", Double.NaN);
    double ratio = number("ratio", 1);
    double groupDecay = number("loraplus_weight_decay", 0);
    // peft gives every LoRA+ group a decay of its own, so that of the class itself has no effect.
    double ownDecay = number("weight_decay", 0);
    return new OptimizerConfig(
        updateRule(),
        rate,
        ratio,
        optional("loraplus_lr_embedding"),
        OptionalDouble.empty(),
        OptionalDouble.of(loraFa ? ownDecay : groupDecay),
        loraFa ? new DecayExclusions(false, false, List.of()) : DecayExclusions.standard(),
        clip,
        schedule.schedule(),
        true);
  }

  private UpdateRule updateRule() {
    return switch (rule) {
      case "AdamW" -> adam(true);
      case "Adam" -> adam(flag("decoupled_weight_decay"));
      case "SGD" -> {
        requireOff("dampening", number("dampening", 0) != 0);
        requireOff("maximize", flag("maximize"));
        yield new UpdateRule.Sgd(number("momentum", 0), flag("nesterov"));
      }
      case LORA_FA -> {
        // The adapter's own configuration says it too; peft refuses a case in which they differ.
        unread.remove("use_rslora");
        requireOff(
            "correct_bias = false", arguments.containsKey("correct_bias") && !flag("correct_bias"));
        yield new UpdateRule.LoraFa(beta(0, 0.9), beta(1, 0.999), number("eps", 1e-6));
      }
      default -> UpdateRule.named(rule);
    };
  }

  private UpdateRule adam(boolean decoupled) {
    requireOff("amsgrad", flag("amsgrad"));
    requireOff("maximize", flag("maximize"));
    double beta1 = beta(0, 0.9);
    double beta2 = beta(1, 0.999);
    double epsilon = number("eps", 1e-8);
    return decoupled
        ? new UpdateRule.AdamW(beta1, beta2, epsilon)
        : new UpdateRule.Adam(beta1, beta2, epsilon);
  }

  private void requireOff(String argument, boolean on) {
    if (on) {
      throw new ConfigurationException(
          String.format("optimizer: %s of %s is not supported", argument, rule));
    }
  }

  private double number(String key, double absent) {
    unread.remove(key);
    JsonNode node = arguments.get(key);
    if (node == null || node.isNull()) {
      return absent;
    }
    if (!node.isNumber()) {
      throw new ConfigurationException("optimizer: " + key + " must be a number, got " + node);
    }
    return node.doubleValue();
  }

  private OptionalDouble optional(String key) {
    double value = number(key, Double.NaN);
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private double beta(int index, double absent) {
    unread.remove("betas");
    JsonNode node = arguments.get("betas");
    if (node == null) {
      return absent;
    }
    if (!node.path(index).isNumber()) {
      throw new ConfigurationException("optimizer: betas must be two numbers, got " + node);
    }
    return node.path(index).doubleValue();
  }

  private boolean flag(String key) {
    unread.remove(key);
    JsonNode node = arguments.get(key);
    return node != null && node.asBoolean();
  }
}
