package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.ParameterGroup;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.training.BatchLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** SavedModels of networks built here learn as the networks do. */
class NetworkTrainingExportTest {
  private static final int BEFORE = 3;
  private static final int STEPS = 12;
  private static final long SEED = 17;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {"bert-cls", "bert-mlm", "roberta-cls", "gpt2-lm", "gpt2-cls", "llama-lm-llama3"})
  void exportedNetworkGoesOnAsThisLibraryDoes(String name) {
    // given: a run under a schedule, with dropout, that has taken some steps
    NetworkCase network = NetworkCase.of(name);
    List<Float> rates = new ArrayList<>();
    List<Double> wanted = new ArrayList<>();
    float[] predicted;
    double evaluated;
    try (AdaptedModel model = network.build()) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), config(model), model.parameters(), BEFORE + STEPS);
      BatchLoss loss = BatchLoss.of(model, network.task());
      TrainStep train = optimizer.trainStep(loss.mean());
      for (int step = 0; step < BEFORE; step++) {
        loss.run(network.batch(), SEED, step, train::run);
      }

      // when
      TrainableExport.write(model, network.task(), optimizer, SEED, temporary.resolve("trainable"));
      for (int step = BEFORE; step < BEFORE + STEPS; step++) {
        rates.add(Objects.requireNonNull(optimizer.rates(step).get(ParameterGroup.A)).floatValue());
        wanted.add(loss.run(network.batch(), SEED, step, train::run).loss());
      }
      predicted = network.tokens().logits(model);
    }

    // then
    assertThat(wanted.get(STEPS - 1)).isLessThan(wanted.get(0));
    assertThat(rates.get(STEPS - 1)).isLessThan(rates.get(0) / 3);
    try (SavedModelBundle bundle =
        SavedModelBundle.load(temporary.resolve("trainable").toString())) {
      Map<String, Tensor> batch = new LinkedHashMap<>(network.tensors());
      batch.put("labels", network.labelTensor());
      for (int step = 0; step < STEPS; step++) {
        assertThat(step(bundle, batch, rates.get(step)))
            .as("step " + step)
            .isCloseTo(wanted.get(step).floatValue(), within(1e-5f));
      }
      evaluated = scalar(bundle, "evaluate", batch);
      float[] after = logits(bundle, network.tensors());
      assertThat(Numbers.relativeError(after, predicted)).isLessThan(1e-5);

      try (TString path = TString.scalarOf(temporary.resolve("later").toString())) {
        bundle.function("save").call(Map.of("path", path)).close();
        step(bundle, batch, 0.01f);
        assertThat(scalar(bundle, "evaluate", batch)).isNotEqualTo(evaluated);
        bundle.function("restore").call(Map.of("path", path)).close();
      }
      assertThat(scalar(bundle, "evaluate", batch)).isEqualTo(evaluated);
      assertThat(Numbers.largestError(logits(bundle, network.tensors()), after)).isZero();
    }
  }

  @Test
  void networkWithDropoutEverywhereRepeatsItsMasks() {
    // given
    NetworkCase tiny = NetworkCase.of("bert-cls");
    NetworkCase network =
        new NetworkCase(
            ModelDirectory.create(temporary.resolve("base"), 0.3),
            tiny.task(),
            tiny.targets(),
            tiny.segments(),
            tiny.padId());
    List<Double> wanted = new ArrayList<>();
    try (AdaptedModel model = network.build()) {
      OptimizerConfig config = OptimizerConfig.of(1e-3, 4);
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), config, model.parameters());
      TrainableExport.write(model, network.task(), optimizer, SEED, temporary.resolve("trainable"));
      BatchLoss loss = BatchLoss.of(model, network.task());
      TrainStep train = optimizer.trainStep(loss.mean());
      for (int step = 0; step < 5; step++) {
        wanted.add(loss.run(network.batch(), SEED, step, train::run).loss());
      }
    }

    // then
    try (SavedModelBundle bundle =
        SavedModelBundle.load(temporary.resolve("trainable").toString())) {
      Map<String, Tensor> batch = new LinkedHashMap<>(network.tensors());
      batch.put("labels", network.labelTensor());
      for (double loss : wanted) {
        assertThat(step(bundle, batch, 1e-3f)).isCloseTo((float) loss, within(1e-5f));
      }
    }
  }

  @Test
  void labelsBelowZeroDoNotCountAndThoseThatAreNoClassFail() {
    NetworkCase network = NetworkCase.of("roberta-cls");
    export(network, temporary.resolve("trainable"));

    try (SavedModelBundle bundle =
        SavedModelBundle.load(temporary.resolve("trainable").toString())) {
      double whole = 0;
      for (int row = 0; row < 4; row++) {
        int[] one = {-1, -1, -1, -1};
        one[row] = network.labels()[row];
        whole += loss(bundle, network, one) / 4;
      }
      assertThat(loss(bundle, network, network.labels())).isCloseTo(whole, within(1e-6));
      assertThatThrownBy(() -> loss(bundle, network, new int[] {0, 1, 3, 0}))
          .hasMessageContaining("labels: must be below 3, the number of classes");
    }
  }

  @Test
  void scoresAreLearnedAsNumbers() {
    // given
    Task task = new Task.Regression(Pooling.MEAN);
    NetworkCase tiny = NetworkCase.of("bert-cls");
    NetworkCase network =
        new NetworkCase(
            ModelDirectory.createWithoutHead(temporary.resolve("base"), 0),
            task,
            TargetModules.named("query"),
            tiny.segments(),
            tiny.padId());

    // when
    export(network, temporary.resolve("trainable"));

    // then: the mean of (logit - score)^2
    try (SavedModelBundle bundle =
        SavedModelBundle.load(temporary.resolve("trainable").toString())) {
      float[] logits = logits(bundle, network.tensors());
      float[] scores = {0.5f, -1, 2, 0};
      double mean = 0;
      for (int row = 0; row < 4; row++) {
        mean += Math.pow(logits[row] - scores[row], 2) / 4;
      }
      Map<String, Tensor> batch = new LinkedHashMap<>(network.tensors());
      batch.put("labels", TFloat32.vectorOf(scores));
      assertThat(scalar(bundle, "evaluate", batch)).isCloseTo(mean, within(1e-5));
      double first = step(bundle, batch, 0.01f);
      for (int i = 0; i < 5; i++) {
        step(bundle, batch, 0.01f);
      }
      assertThat(scalar(bundle, "evaluate", batch)).isLessThan(0.7 * first);
    }
  }

  private static void export(NetworkCase network, Path target) {
    try (AdaptedModel model = network.build()) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters());
      TrainableExport.write(model, network.task(), optimizer, SEED, target);
    }
  }

  private static OptimizerConfig config(AdaptedModel model) {
    OptimizerConfig usual = OptimizerConfig.of(5e-3, 4);
    boolean tables =
        model.parameters().stream()
            .anyMatch(parameter -> parameter.role() == ParameterRole.EMBEDDING_A);
    return new OptimizerConfig(
        UpdateRule.adamW(),
        usual.learningRate(),
        usual.ratio(),
        tables ? OptionalDouble.of(1e-3) : OptionalDouble.empty(),
        usual.savedModulesLearningRate(),
        OptionalDouble.of(0.01),
        usual.decayExclusions(),
        OptionalDouble.of(1.0),
        Schedule.linear(),
        usual.allowRatioBelowOne());
  }

  private static double loss(SavedModelBundle bundle, NetworkCase network, int[] labels) {
    Map<String, Tensor> batch = new LinkedHashMap<>(network.tensors());
    batch.put("labels", TInt32.vectorOf(labels));
    return scalar(bundle, "evaluate", batch);
  }

  private static float step(SavedModelBundle bundle, Map<String, Tensor> batch, float rate) {
    Map<String, Tensor> inputs = new LinkedHashMap<>(batch);
    try (TFloat32 learningRate = TFloat32.scalarOf(rate)) {
      inputs.put(TrainableExport.LEARNING_RATE, learningRate);
      return (float) scalar(bundle, "train", inputs);
    }
  }

  private static double scalar(
      SavedModelBundle bundle, String signature, Map<String, Tensor> inputs) {
    try (Result result = bundle.function(signature).call(inputs)) {
      return ((TFloat32) result.get("loss").orElseThrow()).getFloat();
    }
  }

  private static float[] logits(SavedModelBundle bundle, Map<String, Tensor> inputs) {
    try (Result result = bundle.function("predict").call(inputs)) {
      return Numbers.of((TFloat32) result.get("logits").orElseThrow());
    }
  }
}
