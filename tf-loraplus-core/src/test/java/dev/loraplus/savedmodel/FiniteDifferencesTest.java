package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.flat.FlatGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Derivatives by A and B, with neither of them zero, against central differences of the loss along
 * the derivative: (L(p + e d) - L(p - e d)) / 2e = |g| for d = g / |g|. bfloat16 and float16 are
 * too coarse for this: models of mixed precision are differentiated as they would be in float32,
 * and their own derivatives have to agree with these as far as eight bits can.
 */
class FiniteDifferencesTest {
  /** Smaller where ReLU has kinks near. */
  private static double step(String name) {
    return name.equals("convnet") ? 2e-3 : 1e-2;
  }

  @EachCorpusModel
  void gradientsAgreeToOnePercent(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    agreeToOnePercent(corpus, tuning(corpus, AdapterPlacement.BESIDE));
    agreeToOnePercent(corpus, tuning(corpus, AdapterPlacement.IN_WEIGHT));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, PISSA",
    "mlp, OLORA",
    "transformer, PISSA",
    "convnet, OLORA",
    "keras2, PISSA",
    "tf1, PISSA"
  })
  void gradientsBesideAFactorOfTheWeightAgreeToOnePercent(String name, LoraInit init) {
    CorpusModel corpus = CorpusModel.of(name);
    agreeToOnePercent(corpus, VariantCase.prepare(corpus, init, LoraVariant.PLAIN));
  }

  @ParameterizedTest
  @CsvSource({"mlp, ALL", "transformer, ALL", "transformer, LORA_ONLY", "tf1, LORA_ONLY"})
  void gradientsOfBiasesAgreeToOnePercent(String name, BiasMode bias) {
    CorpusModel corpus = CorpusModel.of(name);
    agreeToOnePercent(
        corpus,
        CorpusTuning.options(
                corpus, LoraConfig.of(1, 2, CorpusTuning.targets(corpus)).withBias(bias))
            .prepare());
  }

  private static void agreeToOnePercent(CorpusModel corpus, SavedModelTuning prepared) {
    String name = corpus.name();
    try (SavedModelTuning tuning = prepared) {
      Map<ResourceVariable, float[]> values = someValues(tuning);
      Map<ResourceVariable, float[]> gradients = gradients(tuning, corpus);

      gradients.forEach(
          (variable, gradient) -> {
            double norm = norm(gradient);
            double difference =
                (lossAt(tuning, corpus, values, variable, along(gradient, step(name) / norm))
                        - lossAt(
                            tuning, corpus, values, variable, along(gradient, -step(name) / norm)))
                    / (2 * step(name));
            assertThat(difference).as(variable.name()).isCloseTo(norm, within(0.01 * norm + 2e-5));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CorpusModel.MIXED, CorpusModel.HALF})
  void gradientsInNarrowNumbersAreThoseInFloat32AsFarAsTheirBitsAllow(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    try (SavedModelTuning narrow = CorpusTuning.of(corpus, AdapterPlacement.BESIDE);
        SavedModelTuning wide = tuning(corpus, AdapterPlacement.BESIDE)) {
      someValues(narrow);
      someValues(wide);
      Map<String, float[]> wanted = new LinkedHashMap<>();
      gradients(wide, corpus).forEach((variable, g) -> wanted.put(variable.name(), g));

      gradients(narrow, corpus)
          .forEach(
              (variable, gradient) -> {
                float[] other = Objects.requireNonNull(wanted.get(variable.name()));
                float[] difference = gradient.clone();
                for (int i = 0; i < difference.length; i++) {
                  difference[i] -= other[i];
                }
                assertThat(norm(difference)).as(variable.name()).isLessThan(0.05 * norm(other));
              });
    }
  }

  private static SavedModelTuning tuning(CorpusModel corpus, AdapterPlacement placement) {
    FlatGraph graph = FlatGraph.of(corpus.directory());
    return CorpusTuning.of(corpus, InFloat32.of(graph), placement, CorpusTuning.RATE);
  }

  private static Map<ResourceVariable, float[]> someValues(SavedModelTuning tuning) {
    Map<ResourceVariable, float[]> values = new LinkedHashMap<>();
    for (ResourceVariable variable : tuning.model().trainedVariables()) {
      TFloat32 random = SeededRandom.of(11, variable.name()).normal(variable.shape(), 0.3);
      values.put(variable, floats(random));
    }
    assign(tuning, values);
    return values;
  }

  private static double lossAt(
      SavedModelTuning tuning,
      CorpusModel corpus,
      Map<ResourceVariable, float[]> values,
      ResourceVariable moved,
      float[] by) {
    Map<ResourceVariable, float[]> shifted = new LinkedHashMap<>(values);
    float[] sum = values.getOrDefault(moved, by).clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += by[i];
    }
    shifted.put(moved, sum);
    assign(tuning, shifted);
    return tuning.evaluate(CorpusTuning.batch(corpus));
  }

  private static void assign(SavedModelTuning tuning, Map<ResourceVariable, float[]> values) {
    Map<ResourceVariable, TFloat32> tensors = new LinkedHashMap<>();
    values.forEach(
        (variable, numbers) ->
            tensors.put(variable, TFloat32.tensorOf(variable.shape(), DataBuffers.of(numbers))));
    VariableStore.assign(tuning.model().session(), tensors);
  }

  private static Map<ResourceVariable, float[]> gradients(
      SavedModelTuning tuning, CorpusModel corpus) {
    List<ResourceVariable> variables = tuning.model().trainedVariables();
    Output<?>[] by = variables.stream().map(v -> v.handle().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        tuning.model().graph().addGradients(tuning.loss().mean().asOutput(), by);
    Session.Runner runner = tuning.runner(CorpusTuning.batch(corpus));
    for (Output<?> gradient : gradients) {
      runner.fetch(gradient);
    }
    var result = runner.run();
    Map<ResourceVariable, float[]> values = new LinkedHashMap<>();
    for (int i = 0; i < by.length; i++) {
      values.put(variables.get(i), floats((TFloat32) result.get(i)));
    }
    return values;
  }

  private static float[] along(float[] gradient, double factor) {
    float[] scaled = new float[gradient.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (gradient[i] * factor);
    }
    return scaled;
  }

  private static double norm(float[] gradient) {
    double sum = 1e-30;
    for (float number : gradient) {
      sum += (double) number * number;
    }
    return Math.sqrt(sum);
  }

  private static float[] floats(TFloat32 tensor) {
    float[] floats = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(floats);
    return floats;
  }
}
