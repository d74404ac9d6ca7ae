package dev.loraplus.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

final class AdapterDirectoryTest {
  private static final BaseModel DESCRIPTION = BaseModel.of("tiny", TinyBert.TASK);
  private static final String CASE = "qv_adamw_cosine_clip";
  private static final String QUERY_A =
      "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight";

  private final Path directory;

  AdapterDirectoryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(strings = {CASE, "all_linear_bias_sgd", "embedding_patterns_adam"})
  void anAdapterOfPeftIsSavedWithTheSameTensors(String name) {
    // given
    Path stored = TinyBert.referenceCase(name).resolve("adapter_final");
    SafetensorsBytes expected = tensors(stored);

    // when
    try (AdaptedModel model = load(stored)) {
      save(model, "again");
    }

    // then
    SafetensorsBytes actual = tensors(directory.resolve("again"));
    Map<String, List<Long>> shapes = expected.shapes();
    shapes.keySet().removeIf(PeftNames::byProduct);
    assertThat(actual.shapes()).isEqualTo(shapes);
    assertThat(shapes.keySet())
        .allSatisfy(key -> assertThat(actual.floats(key)).isEqualTo(expected.floats(key)));
  }

  @ParameterizedTest
  @ValueSource(strings = {CASE, "all_linear_bias_sgd", "embedding_patterns_adam"})
  void savingLoadingAndSavingGivesTheSameBytesAndLogits(String name) throws IOException {
    // given
    float[] logits;
    try (AdaptedModel model = load(TinyBert.referenceCase(name).resolve("adapter_final"))) {
      save(model, "first");
      logits = TinyBert.tokens().logits(model);
    }

    // when
    try (AdaptedModel model = load(directory.resolve("first"))) {
      save(model, "second");

      // then
      assertThat(TinyBert.tokens().logits(model)).isEqualTo(logits);
    }
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      assertThat(Files.readAllBytes(directory.resolve("second").resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(directory.resolve("first").resolve(file)));
    }
    try (var files = Files.list(directory.resolve("second"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void anAdapterOfOtherModulesIsRefusedAndChangesNothing() {
    assertRefused(
        LoraConfig.of(2, 4, TargetModules.named("query", "key")),
        TinyBert.referenceCase(CASE).resolve("adapter_final"),
        "not an adapter of this model",
        "attention.self.key.lora_A.weight' is missing");
  }

  @Test
  void anAdapterWithMoreModulesIsRefusedAndChangesNothing() {
    assertRefused(
        LoraConfig.of(2, 4, TargetModules.named("query")),
        TinyBert.referenceCase(CASE).resolve("adapter_final"),
        "attention.self.value.lora_A.weight' belongs to no trained module of this model",
        "and 1 more");
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    assertRefused(
        TinyBert.queryAndValue(),
        changed(tensors -> tensors.remove(QUERY_A)),
        "'" + QUERY_A + "' is missing");
  }

  @Test
  void aTensorOfAnotherShapeIsNamed() throws IOException {
    assertRefused(
        TinyBert.queryAndValue(),
        changed(tensors -> tensors.put(QUERY_A, TFloat32.tensorOf(Shape.of(2, 17)))),
        "'" + QUERY_A + "' must have the shape [2, 16], got [2, 17]");
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    // given
    Path copy = changed(tensors -> {});
    Path file = copy.resolve("adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 10));

    // when, then
    assertRefused(TinyBert.queryAndValue(), copy, "adapter_model.safetensors");
  }

  @Test
  void aDirectoryWithoutAnAdapterIsRefused() {
    assertRefused(TinyBert.queryAndValue(), directory.resolve("none"), "none");
  }

  private static void assertRefused(LoraConfig lora, Path stored, String... messages) {
    try (AdaptedModel model = TinyBert.model(lora)) {
      List<float[]> before = variables(model);
      AdapterDirectory adapter = new AdapterDirectory(stored);
      assertThatExceptionOfType(WeightException.class)
          .isThrownBy(() -> adapter.load(model))
          .satisfies(e -> assertThat(e.getMessage()).contains(messages).hasLineCount(1));
      assertThat(variables(model)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  /** All variables of a model. */
  private static List<float[]> variables(AdaptedModel model) {
    List<float[]> values = new ArrayList<>();
    try (var result = VariableStore.read(model.session(), model.variables().all())) {
      result.forEach(entry -> values.add(Numbers.of((TFloat32) entry.getValue())));
    }
    return values;
  }

  /** A copy of peft's adapter with other tensors. */
  private Path changed(Consumer<Map<String, TFloat32>> change) throws IOException {
    Path copy = Files.createDirectories(directory.resolve("changed"));
    Path original = TinyBert.referenceCase(CASE).resolve("adapter_final");
    Files.copy(
        original.resolve("adapter_config.json"),
        copy.resolve("adapter_config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(original.resolve("adapter_model.safetensors"))) {
      source.tensors().keySet().forEach(key -> tensors.put(key, source.read(key)));
    }
    change.accept(tensors);
    SafetensorsWriter.write(copy.resolve("adapter_model.safetensors"), tensors);
    tensors.values().forEach(TFloat32::close);
    return copy;
  }

  private static AdaptedModel load(Path stored) {
    AdapterDirectory adapter = new AdapterDirectory(stored);
    AdaptedModel model = TinyBert.model(adapter.readConfig(TinyBert.architecture()));
    adapter.load(model);
    return model;
  }

  private void save(AdaptedModel model, String name) {
    new AdapterDirectory(directory.resolve(name)).save(model, DESCRIPTION);
  }

  private static SafetensorsBytes tensors(Path adapter) {
    return SafetensorsBytes.read(adapter.resolve("adapter_model.safetensors"));
  }
}
