package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.export.AdapterDirectory;
import dev.loraplus.export.BaseModel;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Every weight of a network trains, as with torch (full_training.py). */
final class FullTrainingTest {
  private static final int STEPS = 5;
  private static final int[] LABELS = {0, 1, 2, 1};

  private static final OptimizerConfig ADAMW =
      new OptimizerConfig(
          new UpdateRule.AdamW(0.9, 0.99, 1e-8),
          2e-3,
          1,
          OptionalDouble.empty(),
          OptionalDouble.of(5e-3),
          OptionalDouble.of(0.1),
          DecayExclusions.standard(),
          OptionalDouble.of(1),
          Schedule.constant(),
          false);

  private static LoraConfig full() {
    return LoraConfig.of(1, 1, TargetModules.fullTraining());
  }

  @Test
  void lossesAndWeightsAreThoseOfTorch() {
    SafetensorsBytes expected =
        SafetensorsBytes.read(TinyBert.resource("/optimizer/full_training.safetensors"));
    try (AdaptedModel model = TinyBert.model(full())) {
      // when
      float[] losses = train(model);

      // then
      assertThat(Numbers.largestError(losses, expected.floats("losses"))).isLessThan(2e-6);
      List<ResourceVariable> variables = model.variables().all();
      assertThat(variables).hasSize(expected.shapes().size() - 1);
      try (Result values = VariableStore.read(model.session(), variables)) {
        for (int i = 0; i < variables.size(); i++) {
          String name = variables.get(i).name();
          if (name.endsWith("key.bias")) {
            // It shifts all scores of a softmax alike: its gradient is 0 but for rounding, which
            // Adam makes full steps of.
            continue;
          }
          assertThat(
                  Numbers.largestError(Numbers.of((TFloat32) values.get(i)), expected.floats(name)))
              .as(name)
              .isCloseTo(0, within(2e-5));
        }
      }
    }
  }

  private static float[] train(AdaptedModel model) {
    Tokens tokens = TinyBert.tokens();
    Operand<TInt32> labels = model.tf().placeholder(TInt32.class);
    Operand<TFloat32> oneHot =
        model
            .tf()
            .oneHot(
                labels, model.tf().constant(3), model.tf().constant(1f), model.tf().constant(0f));
    Operand<TFloat32> loss =
        model
            .tf()
            .math
            .mean(
                model
                    .tf()
                    .nn
                    .softmaxCrossEntropyWithLogits(
                        model.trainingPass(model.inputs()).logits(), oneHot)
                    .loss(),
                model.tf().constant(0));
    LoraPlusOptimizer optimizer =
        new LoraPlusOptimizer(model.graph(), ADAMW, model.parameters(), STEPS);
    TrainStep step = optimizer.trainStep(loss);
    float[] losses = new float[STEPS];
    Shape shape = Shape.of(tokens.rows(), tokens.length());
    for (int i = 0; i < STEPS; i++) {
      try (TInt32 ids = TInt32.tensorOf(shape, DataBuffers.of(tokens.ids()));
          TInt32 mask = TInt32.tensorOf(shape, DataBuffers.of(tokens.mask()));
          TInt32 types = TInt32.tensorOf(shape, DataBuffers.of(tokens.types()));
          TInt64 randomness = TInt64.vectorOf(0, i);
          TInt32 actual = TInt32.vectorOf(LABELS)) {
        losses[i] =
            (float)
                step.run(
                        model
                            .session()
                            .runner()
                            .feed(model.inputs().ids(), ids)
                            .feed(model.inputs().mask(), mask)
                            .feed(model.inputs().typeIds(), types)
                            .feed(model.inputs().randomness(), randomness)
                            .feed(labels, actual))
                    .loss();
      }
    }
    return losses;
  }

  @Test
  void everythingTrainsAndNothingElseIsThere() {
    try (AdaptedModel model = TinyBert.model(full())) {
      assertThat(model.parameters().stream().map(TrainableParameter::name))
          .containsExactlyInAnyOrderElementsOf(
              model.variables().all().stream().map(ResourceVariable::name).toList());
      assertThat(model.parameters().stream().filter(TrainableParameter::savedModule))
          .extracting(TrainableParameter::name)
          .containsExactly("classifier.weight", "classifier.bias");
    }
  }

  @Test
  void thereIsNoAdapterToSave(@TempDir Path directory) {
    try (AdaptedModel model = TinyBert.model(full())) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(
              () ->
                  new AdapterDirectory(directory).save(model, BaseModel.of("tiny", TinyBert.TASK)))
          .withMessageContaining("full training has no adapter to save");
    }
  }

  @Test
  void settingsOfAdaptersAreRefused() {
    LoraConfig plain = full();
    LoraConfig dropped =
        new LoraConfig(
            plain.rank(),
            plain.alpha(),
            0.1,
            plain.targets(),
            plain.excludes(),
            plain.layers(),
            plain.patterns(),
            plain.bias(),
            plain.modulesToSave(),
            plain.init(),
            plain.variant(),
            plain.rsLora());

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> TinyBert.model(dropped))
        .withMessageContaining("full training: has no adapters, so dropout");
  }
}
