package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MergedCheckpointTest {
  private static final Path STORED =
      TinyBert.referenceCase("all_linear_bias_sgd").resolve("adapter_final");

  private final Path directory;

  MergedCheckpointTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static AdaptedModel adapted() {
    AdapterDirectory adapter = new AdapterDirectory(STORED);
    AdaptedModel model = TinyBert.model(adapter.readConfig(TinyBert.architecture()));
    adapter.load(model);
    return model;
  }

  @Test
  void theDirectoryIsAModelWithTheAdaptedLogits() throws IOException {
    // given
    float[] expected;
    try (AdaptedModel model = adapted()) {
      expected = TinyBert.tokens().logits(model);

      // when
      MergedCheckpoint.save(model, TinyBert.directory(), TinyBert.TASK, directory);

      // then
      assertThat(TinyBert.tokens().logits(model)).isEqualTo(expected);
    }
    assertThat(SafetensorsBytes.read(directory.resolve("model.safetensors")).shapes())
        .isEqualTo(
            SafetensorsBytes.read(TinyBert.directory().resolve("model.safetensors")).shapes());
    try (AdaptedModel merged =
        AdaptedModel.build(
            Architectures.read(directory, TinyBert.TASK),
            WeightSource.open(directory),
            TinyBert.queryAndValue(),
            0)) {
      assertThat(Numbers.largestError(TinyBert.tokens().logits(merged), expected)).isLessThan(1e-5);
    }
    JsonNode config = new ObjectMapper().readTree(directory.resolve("config.json").toFile());
    assertThat(config.path("id2label").path("2").asText()).isEqualTo("c");
    assertThat(config.path("label2id").path("b").intValue()).isEqualTo(1);
    assertThat(config.path("architectures").get(0).asText())
        .isEqualTo("BertForSequenceClassification");
  }

  @Test
  void aHeadThatTransformersDoesNotHaveIsNotCalledByTheNameOfOneItHas() throws IOException {
    // given
    Task task = new Task.Classification(TinyBert.TASK.labels(), Pooling.MEAN);
    Architecture architecture = Architectures.read(TinyBert.directory(), task);
    WeightSource source = WeightSource.open(TinyBert.directory());
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("query"));
    try (AdaptedModel model = AdaptedModel.build(architecture, source, lora, 0)) {
      // when
      MergedCheckpoint.save(model, TinyBert.directory(), task, directory);
    }

    // then
    JsonNode config = new ObjectMapper().readTree(directory.resolve("config.json").toFile());
    assertThat(config.path("architectures").get(0).asText()).isEqualTo("BertModel");
    assertThat(config.path("classifier_pooling").asText()).isEqualTo("mean");
  }

  @Test
  void aPlaceInTheBaseModelIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path base = ModelDirectory.create(directory.resolve("base"), 0);
    byte[] weights = Files.readAllBytes(base.resolve("model.safetensors"));
    try (AdaptedModel model = adapted()) {
      for (Path target :
          List.of(base, base.resolve("merged"), directory.resolve("x/../base/deep/merged"))) {
        assertThatThrownBy(() -> MergedCheckpoint.save(model, base, TinyBert.TASK, target))
            .isInstanceOf(ConfigurationException.class)
            .hasMessage(
                "merged model: must not go into the directory of its base model, %s, got %s",
                base, target);
      }
      MergedCheckpoint.requireApart(base, directory.resolve("base-merged"));
    }
    assertThat(Files.readAllBytes(base.resolve("model.safetensors"))).isEqualTo(weights);
    assertThat(base.resolve("merged")).doesNotExist();
  }

  @Test
  void anAdapterOnATableThatGivesTheLogitsIsNeitherMergedNorSaved() {
    Path base = TinyBert.resource("/models/gpt2-lm");
    Task task = new Task.CausalLanguageModel();
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("wte"));
    Architecture architecture = Architectures.read(base, task);
    try (AdaptedModel model = AdaptedModel.build(architecture, WeightSource.open(base), lora, 0)) {
      String reason =
          "transformer.wte: cannot be merged, its table also gives the logits, which do not pass"
              + " through the adapter; use the model with its adapter";

      assertThatIllegalStateException().isThrownBy(model::merge).withMessage(reason);
      assertThatIllegalStateException()
          .isThrownBy(() -> MergedCheckpoint.save(model, base, task, directory.resolve("merged")))
          .withMessage(reason);
    }
    assertThat(directory.resolve("merged")).doesNotExist();
  }

  @Test
  void savingOverAnOlderDirectoryReplacesIt() throws IOException {
    try (AdaptedModel model = adapted()) {
      MergedCheckpoint.save(model, TinyBert.directory(), TinyBert.TASK, directory);
      byte[] first = Files.readAllBytes(directory.resolve("model.safetensors"));

      // when
      MergedCheckpoint.save(model, TinyBert.directory(), TinyBert.TASK, directory);

      // then
      assertThat(Files.readAllBytes(directory.resolve("model.safetensors"))).isEqualTo(first);
    }
  }
}
