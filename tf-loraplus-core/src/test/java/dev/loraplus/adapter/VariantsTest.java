package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.types.TFloat32;

/** Every start with every make of an adapter, on the tiny BERT. */
final class VariantsTest {
  private static final TargetModules LINEAR = TargetModules.named("query", "intermediate.dense");

  static Stream<Arguments> combinations() {
    return Stream.of(LoraVariant.values())
        .flatMap(variant -> Stream.of(LoraInit.values()).map(init -> Arguments.of(variant, init)))
        .filter(
            pair ->
                pair.get()[0] != LoraVariant.B_BIAS
                    || pair.get()[1] == LoraInit.NONE
                    || pair.get()[1] == LoraInit.KAIMING_UNIFORM);
  }

  private static LoraConfig config(LoraVariant variant, LoraInit init, TargetModules targets) {
    return config(variant, init, targets, Patterns.none());
  }

  private static LoraConfig config(
      LoraVariant variant, LoraInit init, TargetModules targets, Patterns patterns) {
    return new LoraConfig(
        4,
        6,
        0,
        targets,
        Optional.empty(),
        LayerSelection.all(),
        patterns,
        BiasMode.LORA_ONLY,
        Optional.empty(),
        init,
        variant,
        false);
  }

  /** Every variable of a model, in the order of creation. */
  private static List<float[]> values(AdaptedModel model) {
    List<float[]> values = new ArrayList<>();
    try (var result = VariableStore.read(model.session(), model.variables().all())) {
      result.forEach(entry -> values.add(Numbers.of((TFloat32) entry.getValue())));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void aFreshAdapterChangesNothingUnlessItIsRandom(LoraVariant variant, LoraInit init) {
    // given
    float[] pretrained = TinyBert.expectedLogits().floats("logits");

    // when
    try (AdaptedModel model = TinyBert.model(config(variant, init, LINEAR))) {
      double error = Numbers.largestError(TinyBert.tokens().logits(model), pretrained);

      // then
      if (init == LoraInit.NONE) {
        assertThat(error).isGreaterThan(1e-3);
      } else {
        assertThat(error).isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void mergingKeepsTheOutputsAndUnmergingEveryBit(LoraVariant variant, LoraInit init) {
    try (AdaptedModel model = TinyBert.model(config(variant, init, LINEAR))) {
      // given: adapters and biases that are not as they started
      model
          .parameters()
          .forEach(
              parameter ->
                  model
                      .session()
                      .run(
                          model
                              .tf()
                              .assignAddVariableOp(
                                  parameter.variable(),
                                  model
                                      .tf()
                                      .fill(
                                          model.tf().constant(parameter.shape()),
                                          model.tf().constant(0.01f)))));
      List<float[]> before = values(model);
      float[] adapted = TinyBert.tokens().logits(model);

      // when
      model.merge();
      float[] merged = TinyBert.tokens().logits(model);
      model.unmerge();

      // then
      assertThat(Numbers.largestError(merged, adapted)).isLessThan(1e-5);
      List<float[]> after = values(model);
      for (int i = 0; i < before.size(); i++) {
        assertThat(after.get(i)).as(model.variables().all().get(i).name()).isEqualTo(before.get(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PISSA", "OLORA", "ORTHOGONAL"})
  void theSameSeedGivesTheSameBits(LoraInit init) {
    LoraConfig config = config(LoraVariant.DORA, init, LINEAR);
    try (AdaptedModel one = TinyBert.model(config);
        AdaptedModel other = TinyBert.model(config)) {
      List<float[]> expected = values(one);
      List<float[]> actual = values(other);

      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void whatAnEmbeddingCannotHaveIsRefusedWithItsPath() {
    TargetModules embedding = TargetModules.named("word_embeddings", "query");
    String path = "target bert.embeddings.word_embeddings: ";

    assertFault(
        config(LoraVariant.DORA, LoraInit.KAIMING_UNIFORM, embedding),
        path + "the variant DORA is for linear layers, and this is an embedding");
    assertFault(
        config(LoraVariant.B_BIAS, LoraInit.NONE, embedding),
        path + "the variant B_BIAS is for linear layers, and this is an embedding");
    for (LoraInit init : List.of(LoraInit.PISSA, LoraInit.OLORA, LoraInit.ORTHOGONAL)) {
      assertFault(
          config(LoraVariant.PLAIN, init, embedding),
          path + "the init " + init + " is for linear layers, and this is an embedding");
    }
  }

  @Test
  void patternsThatDisagreeAreRefusedWithModuleAndPatterns() {
    String query = "bert.encoder.layer.1.attention.self.query";
    Patterns ranks = new Patterns(Map.of("query", 2, "layer.1.*", 3), Map.of());
    Patterns alphas = new Patterns(Map.of(), Map.of("query", 2.0, "layer.1.*", 2.5));
    Patterns agreeing = new Patterns(Map.of("query", 2, "layer.1.attention.*", 2), Map.of());

    assertFault(
        config(LoraVariant.PLAIN, LoraInit.GAUSSIAN, LINEAR, ranks),
        "rankPattern of " + query + ": the patterns ",
        "'query' (2)",
        "'layer.1.*' (3)");
    assertFault(
        config(LoraVariant.PLAIN, LoraInit.GAUSSIAN, LINEAR, alphas),
        "alphaPattern of " + query + ": the patterns ");
    LoraConfig fine = config(LoraVariant.PLAIN, LoraInit.GAUSSIAN, LINEAR, agreeing);
    assertThat(AdapterPlanner.plan(TinyBert.architecture(), fine).adapters()).hasSize(4);
  }

  @Test
  void aModuleWithoutBiasOrWithInputsFirstHasItsOwnRefusals() {
    Architecture llama = family("llama-lm-llama3");
    Architecture gpt2 = family("gpt2-lm");
    LoraConfig bias = config(LoraVariant.B_BIAS, LoraInit.NONE, TargetModules.named("q_proj"));
    LoraConfig olora = config(LoraVariant.PLAIN, LoraInit.OLORA, TargetModules.named("c_attn"));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(llama, bias))
        .withMessageContaining(
            "target model.layers.0.self_attn.q_proj: the variant B_BIAS needs a base layer with a"
                + " bias");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(gpt2, olora))
        .withMessageContaining(
            "target transformer.h.0.attn.c_attn: the init OLORA does not go with a weight of");
  }

  @Test
  void settingsThatExcludeEachOtherAreFaultsOfTheConfiguration() {
    Patterns odd = new Patterns(Map.of("query", 3), Map.of());

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> config(LoraVariant.B_BIAS, LoraInit.PISSA, LINEAR))
        .withMessage("variant B_BIAS: the init must be KAIMING_UNIFORM or NONE, got PISSA");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> config(LoraVariant.PLAIN, LoraInit.ORTHOGONAL, LINEAR, odd))
        .withMessage("rankPattern 'query': must be even for the init ORTHOGONAL, got 3");
  }

  private static Architecture family(String name) {
    return Architectures.read(TinyBert.resource("/models/" + name), new Task.CausalLanguageModel());
  }

  private static void assertFault(LoraConfig config, String... parts) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdapterPlanner.plan(TinyBert.architecture(), config))
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }
}
