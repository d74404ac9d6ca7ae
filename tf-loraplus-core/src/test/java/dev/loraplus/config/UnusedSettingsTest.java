package dev.loraplus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Settings that could have no effect are faults, not decoration. */
class UnusedSettingsTest {
  @Test
  void decayExclusionsWithoutADecay() {
    DecayExclusions own = new DecayExclusions(false, false, List.of("lora_A"));

    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class, () -> optimizer(OptionalDouble.empty(), own));

    assertThat(e.faults())
        .containsExactly(
            "excludeFromDecay: has no effect without a weight decay; set weightDecay too, got"
                + " [lora_A]",
            "decayBiases: has no effect without a weight decay; set weightDecay too",
            "decayLayerNorms: has no effect without a weight decay; set weightDecay too");
    assertThatCode(() -> optimizer(OptionalDouble.of(0), own)).doesNotThrowAnyException();
  }

  @Test
  void aMetricAndAGainThatDecideNothing() {
    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                new EvaluationConfig(
                    OptionalLong.empty(), Optional.of("f1"), false, OptionalLong.empty(), 0.1));

    assertThat(e.faults())
        .containsExactly(
            "metric: has no effect without keepBest or early stopping (patience), got f1",
            "minimumGain: has no effect without keepBest or early stopping (patience), got 0.1");
  }

  @Test
  void anEvaluationWithoutData() {
    EvaluationConfig all =
        new EvaluationConfig(OptionalLong.of(5), Optional.of("f1"), true, OptionalLong.of(2), 0.1);

    assertThatThrownBy(all::requireUnset)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "evaluateEvery, evaluation metric, keepBest, evaluation patience, minimumGain:"
                + " evaluation data is needed, there is none");
    assertThatCode(() -> EvaluationConfig.everyEpoch().requireUnset()).doesNotThrowAnyException();
  }

  @Test
  void aScheduleThatARunOfKnownLengthDoesNotReach() {
    OptimizerConfig warming =
        new OptimizerConfig(
            UpdateRule.adamW(),
            1e-3,
            4,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            DecayExclusions.standard(),
            OptionalDouble.empty(),
            Schedule.warmup(10, Schedule.constant()),
            false);
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("query"));

    assertThatThrownBy(
            () ->
                new FineTuningConfig(
                    new Task.MaskedLanguageModel(),
                    lora,
                    warming,
                    TrainingConfig.of(RunLength.steps(10), 2, 16)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("warmup: 10 steps take the whole run of 10");
    assertThatCode(() -> warming.requireReached(RunLength.epochs(1))).doesNotThrowAnyException();
  }

  private static OptimizerConfig optimizer(OptionalDouble decay, DecayExclusions exclusions) {
    return new OptimizerConfig(
        UpdateRule.adamW(),
        1e-3,
        4,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        decay,
        exclusions,
        OptionalDouble.empty(),
        Schedule.constant(),
        false);
  }
}
