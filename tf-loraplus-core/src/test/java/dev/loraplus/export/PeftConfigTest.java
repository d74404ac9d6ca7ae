package dev.loraplus.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PeftConfigTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Architecture ARCHITECTURE = TinyBert.architecture();
  private static final List<String> SETTINGS =
      List.of(
          "peft_type",
          "task_type",
          "r",
          "lora_alpha",
          "lora_dropout",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "rank_pattern",
          "alpha_pattern",
          "bias",
          "init_lora_weights",
          "use_rslora",
          "use_dora",
          "lora_bias",
          "fan_in_fan_out",
          "inference_mode");

  private final Path directory;

  PeftConfigTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qv_adamw_cosine_clip",
        "all_linear_bias_sgd",
        "embedding_patterns_adam",
        "dora_decay",
        "pissa_rslora",
        "olora_dora",
        "orthogonal",
        "lora_bias_random",
        "gaussian_sgd"
      })
  void settingsOfPeftAreWrittenAgain(String name) throws IOException {
    // given
    Path stored = TinyBert.referenceCase(name).resolve("adapter_final");
    JsonNode expected = JSON.readTree(stored.resolve("adapter_config.json").toFile());

    // when
    LoraConfig config = new AdapterDirectory(stored).readConfig(ARCHITECTURE);
    JsonNode written =
        JSON.readTree(
            PeftConfig.write(AdapterPlanner.plan(ARCHITECTURE, config), "SEQ_CLS", "tiny"));

    // then
    assertThat(SETTINGS)
        .allSatisfy(
            key -> {
              JsonNode wanted = expected.path(key);
              assertThat(written.path(key)).as(key).isEqualTo(wanted);
            });
    assertThat(written.path("target_modules"))
        .containsExactlyInAnyOrderElementsOf(expected.path("target_modules"));
    assertThat(written.path("base_model_name_or_path").asText()).isEqualTo("tiny");
  }

  @Test
  void everySettingOfOursComesBack() throws IOException {
    // given
    LoraConfig config =
        new LoraConfig(
            3,
            2.5,
            0.25,
            TargetModules.named("query", "dense"),
            Optional.of(TargetModules.regex(".*pooler.*")),
            new LayerSelection(List.of(0, 1), List.of("layer")),
            new Patterns(Map.of("query", 2), Map.of("layer\\.1\\..*dense", 1.5)),
            BiasMode.LORA_ONLY,
            Optional.of(List.of("classifier")),
            LoraInit.GAUSSIAN,
            LoraVariant.DORA,
            true);

    // when
    LoraConfig again =
        read(PeftConfig.write(AdapterPlanner.plan(ARCHITECTURE, config), null, null));

    // then
    assertThat(again).isEqualTo(config);
  }

  @Test
  void anExpressionBesideLayersIsWrittenAsModulesSincePeftRefusesIt() throws IOException {
    // given
    LoraConfig config =
        new LoraConfig(
            2,
            4,
            0,
            TargetModules.regex(".*query"),
            Optional.empty(),
            new LayerSelection(List.of(1), List.of()),
            Patterns.none(),
            BiasMode.NONE,
            Optional.empty(),
            LoraInit.KAIMING_UNIFORM,
            LoraVariant.PLAIN,
            false);

    // when
    LoraConfig again =
        read(PeftConfig.write(AdapterPlanner.plan(ARCHITECTURE, config), null, null));

    // then
    assertThat(again.targets())
        .isEqualTo(TargetModules.named("bert.encoder.layer.1.attention.self.query"));
    assertThat(AdapterPlanner.plan(ARCHITECTURE, again).adapters())
        .isEqualTo(AdapterPlanner.plan(ARCHITECTURE, config).adapters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type | \"LOHA\" | peft_type: only adapters of the type LORA are supported, got LOHA",
        "init_lora_weights | \"eva\" | init_lora_weights: must be one of true, false, gaussian,"
            + " pissa, olora, orthogonal, got \"eva\"",
        "init_lora_weights | \"pissa_niter_4\" | init_lora_weights: 'pissa_niter_4' is not"
            + " supported: it leaves a base weight that depends on random numbers",
        "invented_in_2027 | 5 | the setting 'invented_in_2027' is not supported, got 5",
        "use_dora | 1 | use_dora must be true or false, got 1",
        "fan_in_fan_out | true | fan_in_fan_out: must be false, since modules such as"
            + " bert.encoder.layer.0.attention.self.query hold their weights as [out, in], got true",
        "layer_replication | [[0,2]] | the setting 'layer_replication' is not supported",
        "trainable_token_indices | [3] | the setting 'trainable_token_indices' is not supported",
        "target_parameters | [\"x\"] | the setting 'target_parameters' is not supported",
        "bias | \"some\" | bias must be one of none, all, lora_only, got 'some'",
        "r | \"eight\" | r must be a whole number, got \"eight\"",
        "r | 0 | rank: must be at least 1, got 0",
        "r | 2.5 | r must be a whole number, got 2.5",
        "lora_alpha | null | lora_alpha must be a number, got null",
        "lora_dropout | 1.5 | dropout: must be in [0, 1), got 1.5",
        "lora_dropout | \"much\" | lora_dropout must be a number, got \"much\"",
        "target_modules | null | target_modules is missing",
        "use_rslora | \"yes\" | use_rslora must be true or false, got \"yes\"",
        "rank_pattern | {\"query\": \"x\"} | rank_pattern 'query' must be a whole number,"
            + " got \"x\"",
        "alpha_pattern | {\"query\": \"x\"} | alpha_pattern 'query' must be a number, got \"x\"",
        "layers_to_transform | \"all\" | layers_to_transform must be a whole number, got \"all\"",
        "layers_to_transform | [0.5] | layers_to_transform must be a whole number, got 0.5",
        "target_modules | [1] | target_modules must be a name, got 1",
      })
  void aSettingThatIsNotHonouredIsNamed(String key, String value, String message)
      throws IOException {
    // given
    Path original = TinyBert.referenceCase("qv_adamw_cosine_clip").resolve("adapter_final");
    ObjectNode root = (ObjectNode) JSON.readTree(original.resolve("adapter_config.json").toFile());
    root.set(key, JSON.readTree(value));

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(JSON.writeValueAsBytes(root)))
        .satisfies(
            e -> {
              assertThat(e.getMessage())
                  .startsWith(directory.toString())
                  .contains(message)
                  .hasLineCount(1);
            });
  }

  @Test
  void damagedOrMissingFilesAreNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new AdapterDirectory(directory).readConfig(ARCHITECTURE))
        .withMessageContaining("adapter_config.json: not found");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read("{".getBytes(UTF_8)))
        .withMessageContaining("adapter_config.json: not valid JSON");
  }

  private LoraConfig read(byte[] json) throws IOException {
    Files.write(directory.resolve("adapter_config.json"), json);
    return new AdapterDirectory(directory).readConfig(ARCHITECTURE);
  }
}
