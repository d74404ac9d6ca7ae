package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.types.TFloat32;

/** What peft writes or passes over without a word. */
final class PeftByProductsTest {
  private static final Path LLAMA = TinyBert.resource("/conformance/bases/llama-lm");
  private static final String FROZEN_HEAD = "base_model.model.lm_head.base_layer.weight";

  @TempDir private Path directory;

  @Test
  void targetsThatTrainInFullArePassedOver() throws IOException {
    // given: peft's list for all linear modules of a RoBERTa with a classifier
    Files.copy(
        TinyBert.referenceCase("qv_adamw_cosine_clip").resolve("adapter_final/adapter_config.json"),
        directory.resolve("adapter_config.json"));
    Path file = directory.resolve("adapter_config.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = (ObjectNode) json.readTree(file.toFile());
    root.putArray("target_modules").add("query").add("classifier");
    json.writeValue(file.toFile(), root);

    // when
    LoraConfig config = new AdapterDirectory(directory).readConfig(TinyBert.architecture());

    // then
    assertThat(config.targets()).isEqualTo(TargetModules.named("query"));
  }

  @Test
  void theFrozenHeadThatPeftStoresHasToBeThatOfTheModel() {
    // given
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("lm_head"));
    Path same = directory.resolve("same");
    Path other = directory.resolve("other");
    try (AdaptedModel model = AdaptedModel.build(llama(), WeightSource.open(LLAMA), lora, 1)) {
      new AdapterDirectory(same).save(model, new BaseModel("base", null));
      new AdapterDirectory(other).save(model, new BaseModel("base", null));
      addFrozenHead(same, "lm_head.weight");
      addFrozenHead(other, "model.embed_tokens.weight");

      // then
      assertThatCode(() -> new AdapterDirectory(same).load(model)).doesNotThrowAnyException();
      assertThatExceptionOfType(WeightException.class)
          .isThrownBy(() -> new AdapterDirectory(other).load(model))
          .withMessageContaining("'" + FROZEN_HEAD + "' is not the weight of the base model");
    }
  }

  @Test
  void aTiedTableDoesNotTrainInFull() {
    // given
    Path gpt2 = TinyBert.resource("/conformance/bases/gpt2-lm");
    Architecture tied = Architectures.read(gpt2, new Task.CausalLanguageModel());
    LoraConfig plain = LoraConfig.of(2, 4, TargetModules.named("c_attn"));
    LoraConfig config =
        new LoraConfig(
            2,
            4,
            0,
            plain.targets(),
            Optional.empty(),
            plain.layers(),
            plain.patterns(),
            plain.bias(),
            Optional.of(List.of("wte")),
            plain.init(),
            plain.variant(),
            false);

    // then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(tied, config))
        .withMessageContaining("transformer.wte cannot train in full, since the logits use its");
  }

  private static Architecture llama() {
    return Architectures.read(LLAMA, new Task.CausalLanguageModel());
  }

  private static void addFrozenHead(Path adapter, String from) {
    Path file = adapter.resolve("adapter_model.safetensors");
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(file);
        WeightSource base = WeightSource.open(LLAMA)) {
      source.tensors().keySet().forEach(name -> tensors.put(name, source.read(name)));
      tensors.put(FROZEN_HEAD, base.read(from));
    }
    SafetensorsWriter.write(file, tensors);
    tensors.values().forEach(TFloat32::close);
  }
}
