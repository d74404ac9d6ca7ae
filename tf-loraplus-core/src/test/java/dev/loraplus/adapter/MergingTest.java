package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.export.MergedCheckpoint;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.ModelWeights;
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

final class MergingTest {
  private static final Path SINGLE = TinyBert.resource("/weights/single");
  private static final Path ONNX = TinyBert.resource("/weights/bert.onnx");
  private static final Tokens TOKENS =
      Tokens.of(2, new int[] {1, 2, 3, 4, 5, 0}, new int[] {1, 1, 1, 1, 1, 0});

  /** Every kind of adapter, and a saved module that ONNX files hold transposed. */
  private static final LoraConfig EVERYTHING =
      new LoraConfig(
          2,
          3,
          0,
          TargetModules.named(
              "query", "value", "intermediate.dense", "pooler.dense", "word_embeddings"),
          Optional.empty(),
          LayerSelection.all(),
          new Patterns(Map.of(), Map.of("query", 5.0)),
          BiasMode.NONE,
          Optional.of(List.of("classifier", "attention.output.dense")),
          LoraInit.KAIMING_UNIFORM,
          LoraVariant.PLAIN,
          true);

  private final Path directory;

  MergingTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void mergedOutputsAreTheAdaptedOnesAndUnmergingRestoresEveryBit() {
    // given
    SafetensorsBytes checkpoint =
        SafetensorsBytes.read(TinyBert.directory().resolve("model.safetensors"));
    Path stored = TinyBert.referenceCase("embedding_patterns_adam").resolve("adapter_final");
    AdapterDirectory adapter = new AdapterDirectory(stored);
    try (AdaptedModel model = TinyBert.model(adapter.readConfig(TinyBert.architecture()))) {
      adapter.load(model);
      float[] adapted = TinyBert.tokens().logits(model);

      // when
      model.merge();
      float[] merged = TinyBert.tokens().logits(model);
      model.unmerge();

      // then
      assertThat(Numbers.largestError(merged, adapted)).isLessThan(1e-5);
      assertThat(Numbers.largestError(merged, TinyBert.expectedLogits().floats("logits")))
          .isGreaterThan(1e-2);
      assertThat(TinyBert.tokens().logits(model)).isEqualTo(adapted);
      model
          .adapters()
          .all()
          .forEach(
              lora -> {
                ModelWeights.Entry weight = model.weights().get(lora.path() + ".weight");
                assertThat(value(model, weight.variable()))
                    .as(lora.path())
                    .isEqualTo(checkpoint.floats(weight.spec().name()));
              });
    }
  }

  @Test
  void mergingTwiceAndTrainingMergedWeightsAreRefused() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      assertThatIllegalStateException().isThrownBy(model::unmerge);
      model.merge();
      assertThat(model.isMerged()).isTrue();
      assertThatIllegalStateException()
          .isThrownBy(model::merge)
          .withMessageContaining("call unmerge() first");
      assertThatIllegalStateException().isThrownBy(() -> model.trainingPass(model.inputs()));
      assertThatIllegalStateException().isThrownBy(model::mergedWeights);
    }
  }

  @Test
  void transposedWeightsGiveWhatPlainOnesGive() throws IOException {
    try (AdaptedModel plain = randomlyAdapted(SINGLE);
        AdaptedModel transposed = randomlyAdapted(ONNX)) {
      // given
      String weight = "bert.encoder.layer.0.attention.output.dense.weight";
      assertThat(plain.weights().get(weight).transposed()).isFalse();
      assertThat(transposed.weights().get(weight).transposed()).isTrue();
      float[] expected = TOKENS.logits(plain);

      // when
      float[] actual = TOKENS.logits(transposed);
      save(plain, "plain");
      save(transposed, "transposed");
      transposed.merge();
      float[] merged = TOKENS.logits(transposed);

      // then
      assertThat(Numbers.largestError(actual, expected)).isLessThan(1e-5);
      assertThat(Numbers.largestError(merged, expected)).isLessThan(1e-5);
      assertThat(files("transposed/adapter/adapter_model.safetensors"))
          .isEqualTo(files("plain/adapter/adapter_model.safetensors"));
      SafetensorsBytes one = merged("plain");
      SafetensorsBytes other = merged("transposed");
      assertThat(other.shapes()).isEqualTo(one.shapes());
      assertThat(one.shapes().keySet())
          .allSatisfy(
              name ->
                  assertThat(Numbers.largestError(other.floats(name), one.floats(name)))
                      .isLessThan(1e-6));
      transposed.unmerge();
      assertThat(TOKENS.logits(transposed)).isEqualTo(actual);
    }
  }

  @Test
  void anAdapterTrainedOnPlainWeightsLoadsOntoTransposedOnes() {
    try (AdaptedModel plain = randomlyAdapted(SINGLE);
        AdaptedModel transposed = build(ONNX)) {
      // given
      float[] expected = TOKENS.logits(plain);
      save(plain, "plain");

      // when
      new AdapterDirectory(directory.resolve("plain/adapter")).load(transposed);

      // then
      assertThat(Numbers.largestError(TOKENS.logits(transposed), expected)).isLessThan(1e-5);
    }
  }

  private void save(AdaptedModel model, String name) {
    new AdapterDirectory(directory.resolve(name + "/adapter"))
        .save(model, BaseModel.of("tiny", TinyBert.TASK));
    MergedCheckpoint.save(model, SINGLE, TinyBert.TASK, directory.resolve(name + "/merged"));
  }

  private byte[] files(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }

  private SafetensorsBytes merged(String name) {
    return SafetensorsBytes.read(directory.resolve(name + "/merged/model.safetensors"));
  }

  private static AdaptedModel build(Path weights) {
    Architecture architecture = Architectures.read(SINGLE, TinyBert.TASK);
    return AdaptedModel.build(architecture, WeightSource.open(weights), EVERYTHING, 5);
  }

  private static AdaptedModel randomlyAdapted(Path weights) {
    AdaptedModel model = build(weights);
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    for (LoraAdapter adapter : model.adapters().all()) {
      for (ResourceVariable variable : List.of(adapter.a(), adapter.b())) {
        values.put(variable, SeededRandom.of(9, variable.name()).normal(variable.shape(), 0.5));
      }
    }
    VariableStore.assign(model.session(), values);
    values.values().forEach(TFloat32::close);
    return model;
  }

  private static float[] value(AdaptedModel model, ResourceVariable variable) {
    try (var result = VariableStore.read(model.session(), List.of(variable))) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }
}
