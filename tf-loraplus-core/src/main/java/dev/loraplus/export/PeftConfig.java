package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.TargetModules;
import dev.loraplus.json.JsonTree;
import dev.loraplus.model.ModuleSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes {@code adapter_config.json} with peft's field names. */
final class PeftConfig {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private PeftConfig() {}

  static byte[] write(AdapterPlan plan, @Nullable String taskType, @Nullable String baseModel) {
    LoraConfig config = plan.config();
    ObjectNode root = JsonTree.object();
    root.put("peft_type", "LORA");
    root.put("task_type", taskType);
    root.put("base_model_name_or_path", baseModel);
    root.put("inference_mode", true);
    root.put("r", config.rank());
    putNumber(root, "lora_alpha", config.alpha());
    root.put("lora_dropout", config.dropout());
    root.set("target_modules", targets(plan));
    root.set("exclude_modules", excludes(config.excludes()));
    root.set("layers_to_transform", orNull(config.layers().indices()));
    root.set("layers_pattern", orNull(config.layers().patterns()));
    ObjectNode ranks = root.putObject("rank_pattern");
    config.patterns().ranks().forEach(ranks::put);
    ObjectNode alphas = root.putObject("alpha_pattern");
    config.patterns().alphas().forEach((pattern, alpha) -> putNumber(alphas, pattern, alpha));
    root.put("bias", config.bias().name().toLowerCase(Locale.ROOT));
    root.set("modules_to_save", orNull(savedModules(plan)));
    root.set("init_lora_weights", PeftInit.write(config.init()));
    root.put("use_rslora", config.rsLora());
    root.put("use_dora", config.variant() == LoraVariant.DORA);
    root.put("lora_bias", config.variant() == LoraVariant.B_BIAS);
    root.put("fan_in_fan_out", KernelOrder.fanInFanOut(modules(plan)));
    return JsonTree.pretty(root);
  }

  /**
   * all-linear is written as the modules it came to, so that the reader need not agree on it, and
   * so is a regular expression beside a choice of layers, which peft refuses.
   */
  private static JsonNode targets(AdapterPlan plan) {
    TargetModules rule = plan.config().targets();
    boolean refused =
        rule instanceof TargetModules.Regex && !plan.config().layers().indices().isEmpty();
    if (rule instanceof TargetModules.AllLinear || refused) {
      return array(plan.adapters().stream().map(adapter -> adapter.module().path()).toList());
    }
    return rule(rule);
  }

  private static List<ModuleSpec> modules(AdapterPlan plan) {
    return plan.adapters().stream().map(AdapterPlan.PlannedAdapter::module).toList();
  }

  private static JsonNode excludes(Optional<TargetModules> rule) {
    return rule.map(PeftConfig::rule).orElseGet(NODES::nullNode);
  }

  private static JsonNode rule(TargetModules rule) {
    if (rule instanceof TargetModules.Named named) {
      return array(named.names());
    }
    if (rule instanceof TargetModules.Regex regex) {
      return NODES.textNode(regex.pattern());
    }
    return NODES.textNode("all-linear");
  }

  /**
   * The modules as chosen, or where none were chosen, the task's head: its outermost modules, since
   * peft saves the head of a sequence classification as one.
   */
  private static List<String> savedModules(AdapterPlan plan) {
    return plan.config()
        .modulesToSave()
        .orElseGet(
            () ->
                plan.savedModules().stream()
                    .map(module -> module.path().split("\\.", 2)[0])
                    .distinct()
                    .toList());
  }

  private static JsonNode orNull(List<?> values) {
    return values.isEmpty() ? NODES.nullNode() : array(values);
  }

  /** Texts or integers. */
  private static ArrayNode array(List<?> values) {
    ArrayNode array = NODES.arrayNode();
    for (Object value : values) {
      if (value instanceof Integer number) {
        array.add(number);
      } else {
        array.add(value.toString());
      }
    }
    return array;
  }

  private static void putNumber(ObjectNode node, String key, double value) {
    if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
      node.put(key, (int) value);
    } else {
      node.put(key, value);
    }
  }
}
