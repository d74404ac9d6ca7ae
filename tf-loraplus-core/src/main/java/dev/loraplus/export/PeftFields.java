package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.Faults;
import java.util.Map;
import java.util.Set;

/**
 * The fields of peft's LoRA configuration: those that are honoured, those that only describe, and
 * the rest, which must be off.
 */
final class PeftFields {
  /** Fields that are read and written. */
  static final Set<String> HONOURED =
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
          "use_rslora",
          "use_dora",
          "lora_bias",
          "fan_in_fan_out");

  /** Fields that describe the file or go with a field that is off, and change nothing alone. */
  static final Set<String> DESCRIPTIVE =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "inference_mode",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision",
          "task_type");

  /** What to do instead, where there is something. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "trainable_token_indices",
              "train the whole embedding through modules_to_save, or put an adapter on it",
          "target_parameters", "name modules in target_modules",
          "layer_replication", "save the model with its layers repeated");

  private PeftFields() {}

  /** Records a fault for a field that is set and not honoured, also for one of a later version. */
  static void require(Faults faults, String field, JsonNode value) {
    boolean off =
        value.isNull()
            || (value.isBoolean() && !value.booleanValue())
            || (value.isContainerNode() && value.isEmpty());
    faults.require(
        off || HONOURED.contains(field) || DESCRIPTIVE.contains(field),
        "the setting '%s' is not supported, got %s%s",
        field,
        value,
        ADVICE.containsKey(field) ? "; " + ADVICE.get(field) : "");
  }
}
