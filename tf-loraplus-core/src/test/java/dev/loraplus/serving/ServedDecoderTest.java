package dev.loraplus.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mixed batches of decoders and masked language models. */
class ServedDecoderTest {
  private static final Task CLASSES =
      new Task.Classification(List.of("a", "b", "c"), Pooling.LAST_TOKEN);

  @TempDir private Path directory;

  private static Task task(String model) {
    if (model.endsWith("-mlm")) {
      return new Task.MaskedLanguageModel();
    }
    return model.endsWith("-cls") ? CLASSES : new Task.CausalLanguageModel();
  }

  private static Tokens tokens(SafetensorsBytes file) {
    return Tokens.of(4, ints(file.floats("input_ids")), ints(file.floats("attention_mask")));
  }

  private static int[] ints(float[] numbers) {
    int[] ints = new int[numbers.length];
    Arrays.setAll(ints, i -> (int) numbers[i]);
    return ints;
  }

  private static LoraConfig lora(int rank, List<String> saved, BiasMode bias, String... targets) {
    return new LoraConfig(
        rank,
        2 * rank,
        0.0,
        TargetModules.named(targets),
        Optional.empty(),
        LayerSelection.all(),
        Patterns.none(),
        bias,
        Optional.of(saved),
        LoraInit.NONE,
        LoraVariant.PLAIN,
        false);
  }

  @ParameterizedTest
  @CsvSource({
    // positions are numbered alike for all texts; Conv1D weights are [in, out]
    "gpt2-lm,      wte c_attn,          wpe c_fc,            ''",
    "gpt2-cls,     c_attn,              wpe c_proj,          score",
    "llama-cls,    q_proj v_proj,       embed_tokens o_proj, score",
    "llama-lm-llama3, q_proj up_proj,   embed_tokens v_proj, lm_head",
    "qwen2-lm,     embed_tokens q_proj, k_proj down_proj,    norm",
    "bert-mlm,     query,               word_embeddings value, cls",
    "roberta-mlm,  position_embeddings, key,                 lm_head"
  })
  void eachTextHasItsAdapter(String name, String some, String others, String saved) {
    Path model = TinyBert.resource("/models/" + name);
    Task task = task(name);
    List<String> inFull = saved.isEmpty() ? List.of() : List.of(saved);
    Path first = directory.resolve("first");
    Served.random(model, task, lora(2, inFull, BiasMode.NONE, some.split(" ")), 1, first);
    Path second = directory.resolve("second");
    Served.random(model, task, lora(3, inFull, BiasMode.ALL, others.split(" ")), 2, second);
    Shaken.adapter(first);
    Shaken.adapter(second);
    Tokens tokens = tokens(SafetensorsBytes.read(model.resolve("expected.safetensors")));

    try (ServedModel served = ServedModel.open(model, task)) {
      served.add("first", first);
      served.add("second", second);
      float[] base = Served.logits(served, tokens);
      float[] mixed =
          Served.logits(served, tokens, List.of("second", "first", ServedModel.BASE, "second"));

      float[] ofFirst = Served.alone(model, task, first, tokens);
      float[] ofSecond = Served.alone(model, task, second, tokens);
      List<float[]> expected = List.of(ofSecond, ofFirst, base, ofSecond);
      for (int row = 0; row < 4; row++) {
        assertThat(
                Numbers.largestError(
                    Served.row(mixed, 4, row), Served.row(expected.get(row), 4, row)))
            .as("row " + row)
            .isLessThan(1e-5);
      }
      assertThat(Numbers.largestError(ofFirst, base)).isGreaterThan(1e-3);
      assertThat(Numbers.largestError(ofSecond, base)).isGreaterThan(1e-3);
    }
  }

  @Test
  void aTableThatGivesTheLogitsIsNotTrainedForEachText() {
    Path model = TinyBert.resource("/models/gpt2-lm");
    Task task = task("gpt2-lm");
    Path adapter =
        Served.random(model, task, lora(2, List.of("wpe"), BiasMode.NONE, "c_attn"), 1, directory);
    try (ServedModel served = ServedModel.open(model, task)) {
      assertThatThrownBy(() -> served.add("tied", adapter))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("it trains transformer.wpe in full");
    }
  }
}
