package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Precision;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** SavedModels of networks built here give what the networks give. */
class NetworkExportTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-cls",
        "bert-mlm",
        "roberta-cls",
        "gpt2-lm",
        "gpt2-cls",
        "llama-cls",
        "llama-lm-llama3"
      })
  void everyExportGivesWhatTheNetworkGives(String name) {
    // given
    NetworkCase network = NetworkCase.of(name);
    try (AdaptedModel model = network.build()) {
      Tokens texts = new Tokens(NetworkCase.ROWS, network.ids(), network.mask(), network.types());
      float[] adapted = texts.logits(model);
      float[] plain = texts.run(model, model.plainOutputs().logits());
      assertThat(Numbers.largestError(adapted, plain)).isGreaterThan(1e-3);

      // when
      SeparateExport.write(model, temporary.resolve("separate"));
      MergedExport.write(model, temporary.resolve("merged"));

      // then
      assertSame(served("separate", "serving_default", network.tensors()), adapted);
      assertSame(served("separate", "switchable", switched(network, 1f)), adapted);
      assertSame(served("separate", "switchable", switched(network, 0f)), plain);
      float[] merged = served("merged", "serving_default", network.tensors());
      assertThat(Numbers.relativeError(merged, adapted)).isLessThan(1e-6);
      assertSame(texts.logits(model), adapted);
    }
  }

  @Test
  void anyNumberOfTextsOfAnyLengthIsServed() {
    NetworkCase network = NetworkCase.of("bert-cls");
    try (AdaptedModel model = network.build()) {
      SeparateExport.write(model, temporary.resolve("separate"));

      int[] ids = {2, 6, 7, 8, 9, 3, 6, 7, 3};
      int[] ones = new int[ids.length];
      Arrays.fill(ones, 1);
      Map<String, Tensor> inputs =
          Map.of(
              "input_ids", matrix(1, ids),
              "attention_mask", matrix(1, ones),
              "token_type_ids", matrix(1, new int[ids.length]));

      assertSame(
          served("separate", "serving_default", inputs), Tokens.of(1, ids, ones).logits(model));
    }
  }

  @Test
  void halfTheFactorIsHalfTheUpdate() {
    // given: an adapter on the only product between the token vectors and the logits
    NetworkCase network = NetworkCase.of("gpt2-cls");
    LoraConfig score =
        NetworkCase.lora(TargetModules.named("wte"), LoraInit.NONE, LoraVariant.PLAIN);
    try (AdaptedModel model = network.build(score)) {
      SeparateExport.write(model, temporary.resolve("separate"));

      // when
      float[] off = served("separate", "switchable", switched(network, 0f));
      float[] half = served("separate", "switchable", switched(network, 0.5f));
      float[] on = served("separate", "switchable", switched(network, 1f));

      // then
      assertThat(Numbers.largestError(half, off)).isGreaterThan(1e-3);
      assertThat(Numbers.largestError(half, on)).isGreaterThan(1e-3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LoraVariant.class,
      names = {"DORA", "B_BIAS"})
  void variantsSwitchAndMergeToo(LoraVariant variant) {
    NetworkCase network = NetworkCase.of("roberta-cls");
    LoraConfig lora =
        NetworkCase.lora(TargetModules.named("query", "value"), LoraInit.NONE, variant);
    try (AdaptedModel model = network.build(lora)) {
      Tokens tokens = network.tokens();
      float[] adapted = tokens.logits(model);

      SeparateExport.write(model, temporary.resolve("separate"));
      MergedExport.write(model, temporary.resolve("merged"));

      assertSame(served("separate", "switchable", switched(network, 1f)), adapted);
      assertSame(
          served("separate", "switchable", switched(network, 0f)),
          tokens.run(model, model.plainOutputs().logits()));
      assertThat(
              Numbers.relativeError(
                  served("merged", "serving_default", network.tensors()), adapted))
          .isLessThan(1e-6);
    }
  }

  @Test
  void narrowWeightsStayNarrow() {
    NetworkCase network = NetworkCase.of("llama-lm-llama3");
    try (AdaptedModel model =
        AdaptedModel.build(
            Architectures.read(network.directory(), network.task()),
            WeightSource.open(network.directory()),
            network.lora(),
            ComputeConfig.exact().withPrecision(Precision.BFLOAT16),
            3)) {
      SeparateExport.write(model, temporary.resolve("separate"));

      Tokens tokens = network.tokens();
      assertSame(served("separate", "serving_default", network.tensors()), tokens.logits(model));
    }
  }

  @Test
  void pretrainedNetworkIsExportedAsItIs() {
    NetworkCase network = NetworkCase.of("gpt2-lm");
    try (WeightSource source = WeightSource.open(network.directory());
        PretrainedModel model =
            PretrainedModel.load(Architectures.read(network.directory(), network.task()), source);
        AdaptedModel adapted = network.build()) {
      MergedExport.write(model, temporary.resolve("merged"));

      Tokens tokens = network.tokens();
      assertSame(
          served("merged", "serving_default", network.tensors()),
          tokens.run(adapted, adapted.plainOutputs().logits()));
    }
  }

  @Test
  void mergedAdaptersAreNotKeptApart() {
    try (AdaptedModel model = NetworkCase.of("bert-mlm").build()) {
      model.merge();

      assertThatIllegalStateException()
          .isThrownBy(() -> SeparateExport.write(model, temporary.resolve("separate")))
          .withMessageContaining("call unmerge() first");
    }
  }

  @Test
  void adapterOnTheTableOfTheLogitsIsNotMerged() {
    NetworkCase network = NetworkCase.of("gpt2-lm");
    LoraConfig table =
        NetworkCase.lora(TargetModules.named("wte"), LoraInit.NONE, LoraVariant.PLAIN);
    try (AdaptedModel model = network.build(table)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> MergedExport.write(model, temporary.resolve("merged")))
          .withMessageContaining("wte: cannot be merged");
      assertThat(temporary.resolve("merged")).doesNotExist();
    }
  }

  @Test
  void failedExportLeavesTheAdaptersApart() {
    NetworkCase network = NetworkCase.of("bert-mlm");
    try (AdaptedModel model = network.build()) {
      MergedExport.write(model, temporary.resolve("merged"));

      assertThatExceptionOfType(SavedModelException.class)
          .isThrownBy(() -> MergedExport.write(model, temporary.resolve("merged")))
          .withMessageContaining("must be empty or not exist");
      assertThat(model.isMerged()).isFalse();
    }
  }

  private static void assertSame(float[] actual, float[] expected) {
    assertThat(Numbers.largestError(actual, expected)).isZero();
  }

  private static Map<String, Tensor> switched(NetworkCase network, float factor) {
    Map<String, Tensor> inputs = new LinkedHashMap<>(network.tensors());
    inputs.put(SeparateExport.SWITCH, TFloat32.scalarOf(factor));
    return inputs;
  }

  /** The logits that a SavedModel gives to a program without this library. */
  private float[] served(String export, String signature, Map<String, Tensor> inputs) {
    try (SavedModelBundle bundle = SavedModelBundle.load(temporary.resolve(export).toString());
        Result result = bundle.function(signature).call(inputs)) {
      inputs.values().forEach(Tensor::close);
      return Numbers.of((TFloat32) result.get("logits").orElseThrow());
    }
  }

  private static Tensor matrix(int rows, int[] numbers) {
    return TInt32.tensorOf(Shape.of(rows, numbers.length / rows), DataBuffers.of(numbers));
  }
}
