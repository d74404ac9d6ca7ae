package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field that peft 0.21 has (peft_lora_fields.py) is honoured, descriptive or refused. */
final class PeftFieldsTest {
  private enum Fate {
    /** Changes the configuration, and is written again. */
    HONOURED,
    /** Is read and written, and has one value with this model. */
    FIXED,
    /** Changes nothing. */
    DESCRIPTIVE,
    /** Is an error that names it. */
    REFUSED
  }

  /** A value other than the default, and what becomes of it. */
  private record Field(String value, Fate fate) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Architecture ARCHITECTURE = TinyBert.architecture();
  private static final Map<String, Field> FIELDS = fields();

  private final Path directory;

  PeftFieldsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static Map<String, Field> fields() {
    Map<String, Field> fields = new LinkedHashMap<>();
    put(fields, Fate.HONOURED, "r", "4");
    put(fields, Fate.HONOURED, "lora_alpha", "32");
    put(fields, Fate.HONOURED, "lora_dropout", "0.25");
    put(fields, Fate.HONOURED, "target_modules", "[\"value\"]");
    put(fields, Fate.HONOURED, "exclude_modules", "\".*1.*\"");
    put(fields, Fate.HONOURED, "layers_to_transform", "[1]");
    put(fields, Fate.HONOURED, "rank_pattern", "{\"query\":2}");
    put(fields, Fate.HONOURED, "alpha_pattern", "{\"query\":2}");
    put(fields, Fate.HONOURED, "bias", "\"lora_only\"");
    put(fields, Fate.HONOURED, "modules_to_save", "[\"classifier\"]");
    put(fields, Fate.HONOURED, "init_lora_weights", "\"pissa\"");
    put(fields, Fate.HONOURED, "use_rslora", "true");
    put(fields, Fate.HONOURED, "use_dora", "true");
    put(fields, Fate.HONOURED, "lora_bias", "true");
    put(fields, Fate.FIXED, "fan_in_fan_out", "true");
    put(fields, Fate.HONOURED, "layers_pattern", "[\"layer\"]");
    put(fields, Fate.FIXED, "peft_type", "\"IA3\"");
    put(fields, Fate.DESCRIPTIVE, "task_type", "\"SEQ_CLS\"");
    put(fields, Fate.DESCRIPTIVE, "auto_mapping", "{\"base_model_class\":\"X\"}");
    put(fields, Fate.DESCRIPTIVE, "peft_version", "\"0.22.0\"");
    put(fields, Fate.DESCRIPTIVE, "base_model_name_or_path", "\"bert\"");
    put(fields, Fate.DESCRIPTIVE, "revision", "\"main\"");
    put(fields, Fate.DESCRIPTIVE, "inference_mode", "true");
    put(fields, Fate.DESCRIPTIVE, "megatron_core", "\"x\"");
    put(fields, Fate.DESCRIPTIVE, "qalora_group_size", "8");
    put(fields, Fate.REFUSED, "megatron_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "trainable_token_indices", "[1]");
    put(fields, Fate.REFUSED, "loftq_config", "{\"loftq_bits\":4}");
    put(fields, Fate.REFUSED, "eva_config", "{\"rho\":2}");
    put(fields, Fate.REFUSED, "corda_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "lora_ga_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "velora_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "alora_invocation_tokens", "[1]");
    put(fields, Fate.REFUSED, "use_qalora", "true");
    put(fields, Fate.REFUSED, "monteclora_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "layer_replication", "[[0,1]]");
    put(fields, Fate.REFUSED, "target_parameters", "[\"weight\"]");
    put(fields, Fate.REFUSED, "use_bdlora", "{\"a\":1}");
    put(fields, Fate.REFUSED, "arrow_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "kasa_config", "{\"a\":1}");
    put(fields, Fate.REFUSED, "ensure_weight_tying", "true");
    return fields;
  }

  private static void put(Map<String, Field> fields, Fate fate, String name, String value) {
    fields.put(name, new Field(value, fate));
  }

  static List<String> names() {
    return new ArrayList<>(FIELDS.keySet());
  }

  private static ObjectNode defaults() throws IOException {
    Path file = TinyBert.resource("/dev/loraplus/export/peft_lora_fields.json");
    return (ObjectNode) JSON.readTree(file.toFile()).path("fields");
  }

  private LoraConfig read(JsonNode config) throws IOException {
    Files.write(directory.resolve("adapter_config.json"), JSON.writeValueAsBytes(config));
    return new AdapterDirectory(directory).readConfig(ARCHITECTURE);
  }

  @Test
  void noFieldOfPeftIsLeftOut() throws IOException {
    List<String> names = new ArrayList<>();
    defaults().fieldNames().forEachRemaining(names::add);

    assertThat(names).containsExactlyInAnyOrderElementsOf(FIELDS.keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void aFieldIsHonouredDescriptiveOrNamedInAnError(String name) throws IOException {
    // given
    Field field = FIELDS.getOrDefault(name, new Field("", Fate.REFUSED));
    LoraConfig usual = read(defaults());
    ObjectNode changed = defaults();
    changed.set(name, JSON.readTree(field.value()));
    if (name.equals("layers_pattern")) {
      changed.putArray("layers_to_transform").add(0);
    }

    // when, then
    if (field.fate() == Fate.REFUSED || field.fate() == Fate.FIXED) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> read(changed))
          .withMessageContaining(name);
    } else if (field.fate() == Fate.DESCRIPTIVE) {
      assertThat(read(changed)).isEqualTo(usual);
    } else {
      assertThat(read(changed)).isNotEqualTo(usual);
      assertThat(written(read(changed)).path(name)).isEqualTo(changed.path(name));
      assertThat(written(usual).path(name)).isEqualTo(defaults().path(name));
    }
  }

  private static JsonNode written(LoraConfig config) throws IOException {
    return JSON.readTree(PeftConfig.write(AdapterPlanner.plan(ARCHITECTURE, config), null, null));
  }
}
