package dev.loraplus.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not computed as the file says is refused, naming the file and the key. */
class ConfigurationFaultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "roberta-cls | position_embedding_type | \"relative_key\" | must be absolute",
        "roberta-cls | is_decoder | true | must be false",
        "roberta-cls | add_cross_attention | true | must be false",
        "roberta-cls | hidden_act | \"mish\" | must be one of gelu",
        "roberta-cls | pad_token_id | 40 | must be a token id in [0, 40)",
        "roberta-cls | max_position_embeddings | 2 | must be above pad_token_id + 1",
        "bert-mlm | tie_word_embeddings | false | must be true",
        "distilbert-cls | activation | \"tanh\" | must be one of gelu",
        "gpt2-lm | scale_attn_by_inverse_layer_idx | true | must be false",
        "gpt2-lm | reorder_and_upcast_attn | true | must be false",
        "gpt2-lm | add_cross_attention | true | must be false",
        "gpt2-lm | n_head | 3 | must divide n_embd 16",
        "gpt2-lm | n_embd | null | must be an integer of at least 1",
        "gpt2-lm | quantization_config | {\"bits\": 4} | must be absent",
        "llama-cls | pretraining_tp | 2 | must be 1",
        "llama-cls | num_key_value_heads | 3 | must divide num_attention_heads 4",
        "llama-cls | head_dim | 5 | must be even",
        "llama-cls | attention_bias | \"yes\" | must be true or false",
        "llama-cls | pad_token_id | -1 | must be a token id in [0, 40)",
        "llama-cls | partial_rotary_factor | 0.5 | must be 1",
        "llama-cls | rope_parameters | 3 | must be an object",
        "llama-cls | rope_scaling | {} | must not stand beside rope_parameters",
        "llama-cls | layer_types | [\"full_attention\", \"full_attention\"] | must not be set",
        "mistral-lm | sliding_window | 0 | must be an integer of at least 1",
        "mistral-lm | attention_bias | true | must be false",
        "qwen2-lm | attention_bias | false | must be true",
        "qwen2-lm | layer_types | [\"full_attention\"] | must name a type for each",
        "qwen2-lm | layer_types | [\"chunked\", \"full_attention\"] | must be made of",
        "qwen2-lm | use_sliding_window | false | needs use_sliding_window",
      })
  void aSettingThatIsNotHonouredIsRefused(String name, String key, String value, String rule)
      throws IOException {
    String blamed = rule.startsWith("needs use_sliding_window") ? "layer_types" : key;

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(name, key, value))
        .withMessageContaining(directory.resolve("config.json").toString())
        .withMessageContaining("'" + blamed + "'")
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"rope_type\": \"yarn\", \"factor\": 2} | 'rope_type' must be one of default, linear",
        "{\"type\": \"dynamic\", \"factor\": 2} | 'type' must be one of default, linear, llama3",
        "{\"rope_type\": \"linear\"} | 'factor' must be a number above 0",
        "{\"rope_type\": \"default\", \"factor\": 2} | 'factor' is not a setting of these rotary",
        "{\"rope_type\": \"default\", \"mrope_section\": [2]} | 'mrope_section' is not a setting",
        "{\"rope_type\": \"default\", \"rope_theta\": -1} | 'rope_theta' must be a number above 0",
        "{\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5} | must be 1",
        "{\"rope_type\": \"llama3\", \"factor\": 2, \"low_freq_factor\": 4,"
            + " \"high_freq_factor\": 4} | 'high_freq_factor' must be above low_freq_factor 4.0",
      })
  void rotaryPositionsThatAreNotKnownAreRefused(String rope, String fault) throws IOException {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read("llama-cls", "rope_parameters", rope))
        .withMessageContaining(directory.resolve("config.json").toString())
        .withMessageContaining(fault);
  }

  @Test
  void anUnknownFamilyListsTheKnownOnes() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read("llama-cls", "model_type", "\"mamba\""))
        .withMessageContaining(
            "model_type 'mamba' is not supported; supported: bert, roberta, distilbert, gpt2, llama"
                + " (also SmolLM2), mistral, qwen2");
  }

  @ParameterizedTest
  @CsvSource({"roberta-cls, LAST_TOKEN", "gpt2-cls, CLS_POOLER", "llama-cls, MEAN"})
  void poolingMustFitTheFamily(String name, Pooling pooling) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Architectures.read(TinyModels.directory(name), TinyModels.classification(pooling)))
        .withMessageStartingWith("pooling: " + name.substring(0, name.indexOf('-')) + " is a")
        .withMessageEndingWith("got " + pooling);
  }

  @Test
  void languageModelsMustFitTheFamily() {
    Path roberta = TinyModels.directory("roberta-cls");
    Path gpt2 = TinyModels.directory("gpt2-cls");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Architectures.read(roberta, new Task.CausalLanguageModel()))
        .withMessageStartingWith("task: roberta is an encoder");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Architectures.read(gpt2, new Task.MaskedLanguageModel()))
        .withMessageStartingWith("task: gpt2 is a decoder");
  }

  @Test
  void settingsThatNameTheSameThingOtherwiseAreRead() throws IOException {
    Architecture without = read("mistral-lm", "sliding_window", "null");
    Architecture longest = read("qwen2-cls", "sliding_window", "4096");

    assertThat(without.modules()).isNotEmpty();
    assertThat(longest.maxLength()).isEqualTo(64);
  }

  @Test
  void positionsOfRobertaLeaveRoomForPadding() {
    Architecture roberta =
        Architectures.read(
            TinyModels.directory("roberta-cls"), TinyModels.classification(Pooling.MEAN));

    assertThat(roberta.maxLength()).isEqualTo(16 - 2);
    assertThat(roberta.transformersClass()).isEqualTo("RobertaModel");
  }

  private Architecture read(String name, String key, String value) throws IOException {
    Path file = TinyModels.directory(name).resolve("config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
    config.set(key, JSON.readTree(value));
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    return Architectures.read(directory, TinyModels.task(name));
  }
}
