package dev.loraplus.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.RowLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FineTuningBuilderTest {
  @Test
  void requiredOptionsAloneGiveCoresDefaults() {
    FineTuningConfig config = Examples.minimal().build();

    assertThat(config).isEqualTo(ExpectedConfigs.minimal());
  }

  @Test
  void everyOptionReachesItsRecord() {
    FineTuningConfig config =
        LoraPlus.fineTuning()
            .classification(List.of("bad", "so-so", "good"), Pooling.MEAN)
            .lora(
                l ->
                    l.rank(16)
                        .alpha(32)
                        .dropout(0.05)
                        .targets("query", "key")
                        .targets("value")
                        .exclude("layer.0.attention.self.key")
                        .layers(0, 1, 5)
                        .layersPattern("layer")
                        .rankFor("query", 4)
                        .rankFor("value", 2)
                        .alphaFor("query", 12)
                        .alphaFor("value", 6)
                        .bias(BiasMode.LORA_ONLY)
                        .saveModules("classifier", "pooler.dense")
                        .init(LoraInit.GAUSSIAN)
                        .variant(LoraVariant.DORA)
                        .rsLora())
            .loraPlus(
                o ->
                    o.learningRate(1e-3)
                        .ratio(0.5)
                        .allowRatioBelowOne()
                        .embeddingLearningRate(2e-6)
                        .savedModulesLearningRate(5e-3)
                        .weightDecay(0.01)
                        .excludeFromDecay("pooler", "layer\\.0\\.")
                        .decayBiases()
                        .decayLayerNorms()
                        .maxGradNorm(1.5)
                        .schedule(ExpectedConfigs.HALVING)
                        .adamW(0.8, 0.99, 1e-6))
            .training(
                t ->
                    t.steps(500)
                        .batchSize(16)
                        .gradientAccumulation(2)
                        .maxLength(96)
                        .lengthBuckets(32, 64, 96)
                        .groupByLength()
                        .seed(42)
                        .evaluateEvery(100)
                        .keepBest("f1")
                        .earlyStopping(3, 0.001)
                        .checkpoints(Path.of("checkpoints"), 50, 2))
            .precision(Precision.BFLOAT16)
            .compilation(Compilation.FULL)
            .recomputation(Recomputation.MOST_LAYERS)
            .build();

    assertThat(config).isEqualTo(ExpectedConfigs.everything());
  }

  @Test
  void noComponentOfCoresRecordsLacksAnOption() {
    // The example above sets what the hand-built record has; so a component that core adds later
    // has its default there and fails here until the builders cover it.
    List<String> withoutOption =
        RecordComponents.equalIn(ExpectedConfigs.minimal(), ExpectedConfigs.everything());

    assertThat(withoutOption).isEmpty();
  }

  @Test
  void theCheckForMissingOptionsSeesOne() {
    assertThat(RecordComponents.equalIn(ExpectedConfigs.minimal(), ExpectedConfigs.minimal()))
        .contains(
            "FineTuningConfig.task.labels",
            "FineTuningConfig.lora.rsLora",
            "FineTuningConfig.optimizer.rule.beta1",
            "FineTuningConfig.optimizer.decayExclusions.patterns",
            "FineTuningConfig.training.batches.order",
            "FineTuningConfig.training.checkpoints");
  }

  @Test
  void rowsMayBeFittedOrShared() {
    assertThat(layout(Examples.minimal())).isEqualTo(RowLayout.STANDARD);
    assertThat(layout(Examples.minimal().training(t -> t.fittedBuckets(6))))
        .isEqualTo(new RowLayout.Fitted(6));
    assertThat(layout(Examples.minimal().training(t -> t.packedLength(256))))
        .isEqualTo(new RowLayout.Packed(256));
  }

  private static RowLayout layout(FineTuningBuilder builder) {
    return builder.build().training().batches().layout();
  }

  @Test
  void aSectionMayBeOpenedAgain() {
    FineTuningConfig config =
        Examples.minimal().lora(l -> l.dropout(0.1)).lora(l -> l.alpha(16)).build();

    assertThat(config.lora().rank()).isEqualTo(8);
    assertThat(config.lora().dropout()).isEqualTo(0.1);
    assertThat(config.lora().alpha()).isEqualTo(16);
  }

  @Test
  void buildingTwiceGivesTheSame() {
    FineTuningBuilder builder = Examples.minimal();

    assertThat(builder.build()).isEqualTo(builder.build());
  }

  @Test
  void aBuiltConfigurationDoesNotFollowItsBuilder() {
    FineTuningBuilder builder = Examples.minimal();
    FineTuningConfig before = builder.build();

    builder.lora(l -> l.layers(1).targets("key"));

    assertThat(before).isEqualTo(ExpectedConfigs.minimal());
  }
}
