package dev.loraplus.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** LoRA+ of ratio 1 against LoRA: one group, one rate, nothing that a ratio could multiply. */
final class RatioOneTest {
  private static final RecordedCase CASE =
      RecordedCase.read(TinyBert.resource("/conformance"), "qv_adamw_cosine_clip");

  private static OptimizerConfig optimizer(double ratio) {
    return new OptimizerConfig(
        UpdateRule.adamW(),
        2e-3,
        ratio,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(0.1),
        new DecayExclusions(false, false, List.of()),
        OptionalDouble.of(0.5),
        Schedule.warmup(2, Schedule.cosine()),
        false);
  }

  /** The same parameters, all of which are in the group whose rate has no multiplier. */
  private static List<TrainableParameter> oneGroup(List<TrainableParameter> parameters) {
    return parameters.stream()
        .map(
            p ->
                new TrainableParameter(
                    p.name(),
                    ParameterRole.A,
                    p.savedModule(),
                    p.shape(),
                    p.variable(),
                    p.value(),
                    p.pair()))
        .toList();
  }

  @Test
  void ratioOneIsLoraBitForBit() {
    // when
    List<float[]> lora = train(optimizer(16), true);
    List<float[]> ratioOne = train(optimizer(1), false);
    List<float[]> ratioTwo = train(optimizer(2), false);

    // then
    assertThat(ratioOne).usingRecursiveComparison().isEqualTo(lora);
    assertThat(ratioTwo).usingRecursiveComparison().isNotEqualTo(lora);
  }

  private static List<float[]> train(OptimizerConfig config, boolean oneGroup) {
    AdapterDirectory stored = new AdapterDirectory(CASE.adapter("init"));
    LoraConfig lora = stored.readConfig(TinyBert.architecture());
    try (AdaptedModel model = TinyBert.model(lora)) {
      stored.load(model);
      List<TrainableParameter> parameters =
          oneGroup ? oneGroup(model.parameters()) : model.parameters();
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), config, parameters, CASE.steps());
      assertThat(optimizer.groups().present()).hasSize(oneGroup ? 1 : 2).contains(ParameterGroup.A);
      BatchLoss loss = BatchLoss.of(model, TinyBert.TASK);
      TrainStep step = optimizer.trainStep(loss.mean());
      for (int i = 0; i < CASE.steps(); i++) {
        loss.run(CASE.batch(i), 0, i, step::run);
      }
      List<float[]> values = new ArrayList<>();
      Set<String> trained =
          parameters.stream().map(TrainableParameter::name).collect(Collectors.toSet());
      List<ResourceVariable> variables =
          model.variables().all().stream().filter(v -> trained.contains(v.name())).toList();
      try (Result result = VariableStore.read(model.session(), variables)) {
        result.forEach(entry -> values.add(Numbers.of((TFloat32) entry.getValue())));
      }
      return values;
    }
  }
}
