package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.gradient.NotDifferentiableException;
import dev.loraplus.savedmodel.loss.BuiltLoss;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.savedmodel.loss.TrainingLoss;
import dev.loraplus.savedmodel.plan.PlannedTarget;
import dev.loraplus.training.monitor.LossHistory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

class SavedModelTuningTest {
  @EachCorpusModel
  void lossFallsAndNothingElseChanges(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      Map<String, byte[]> before = frozen(tuning);
      double start = tuning.evaluate(CorpusTuning.batch(corpus));

      for (int i = 0; i < 20; i++) {
        tuning.step(CorpusTuning.batch(corpus));
      }

      assertThat(start).isCloseTo(corpus.loss(), within(corpus.isCoarse() ? 1e-2 : 1e-5));
      assertThat(tuning.evaluate(CorpusTuning.batch(corpus))).isLessThan(0.9 * start);
      assertThat(frozen(tuning)).containsExactlyInAnyOrderEntriesOf(before);
    }
  }

  @EachCorpusModel
  void gradientsOfBFollowFromThoseThatPythonGivesForTheWeights(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      List<PlannedTarget> planned = tuning.model().adapted().plan().adapters();
      List<TrainableParameter> parameters = tuning.model().parameters();
      Map<String, float[]> gradients = gradients(tuning, corpus);

      for (int i = 0; i < planned.size(); i++) {
        TrainableParameter a = parameters.get(2 * i);
        TrainableParameter b = parameters.get(2 * i + 1);
        boolean lookup = a.role() == ParameterRole.EMBEDDING_A;
        WeightGradient oracle = WeightGradient.of(corpus, planned.get(i));
        // At the start one factor is zero, and the other's derivative too.
        float[] wanted = lookup ? oracle.ofA(read(tuning, b)) : oracle.ofB(read(tuning, a));
        // Python's are in bfloat16 or float16 too, which round to eight and eleven bits.
        double tolerance = corpus.isCoarse() ? 2e-2 : 1e-4;
        assertClose(of(gradients, lookup ? a : b), wanted, tolerance, (lookup ? a : b).name());
        for (float zero : of(gradients, lookup ? b : a)) {
          assertThat(Math.abs(zero)).isZero();
        }
      }
    }
  }

  @Test
  void runContinuesFromACheckpointBitForBit(@TempDir Path temporary) {
    CorpusModel corpus = CorpusModel.of("mlp");
    LoraConfig config =
        CorpusTuning.withDropout(LoraConfig.of(2, 4, TargetModules.allLinear()), 0.3);
    try (SavedModelTuning whole = CorpusTuning.options(corpus, config).prepare();
        SavedModelTuning second = CorpusTuning.options(corpus, config).seed(5).prepare()) {
      LossHistory losses = new LossHistory();
      whole.train(List.of(CorpusTuning.batch(corpus), CorpusTuning.batch(corpus)), losses);
      whole.saveCheckpoint(temporary);
      double third = whole.step(CorpusTuning.batch(corpus)).loss();
      double fourth = whole.step(CorpusTuning.batch(corpus)).loss();

      second.restoreCheckpoint(temporary);

      assertThat(second.step(CorpusTuning.batch(corpus)).loss()).isEqualTo(third);
      assertThat(second.step(CorpusTuning.batch(corpus)).loss()).isEqualTo(fourth);
      assertThat(
              Difference.largest(
                  second.model().predict(corpus.inputs()), whole.model().predict(corpus.inputs())))
          .isZero();
      assertThat(third).isNotEqualTo(whole.evaluate(CorpusTuning.batch(corpus)));
    }
  }

  @Test
  void opWithoutGradientIsNamedBeforeAnythingRuns() {
    CorpusModel corpus = CorpusModel.of("gru");
    TrainingLoss rounded =
        model -> {
          var output = model.output(corpus.lossOutput()).expect(TFloat32.class);
          var steps = model.tf().math.cumprod(output, model.tf().constant(0));
          var mean = model.tf().math.mean(steps, model.tf().constant(new int[] {0, 1}));
          return new BuiltLoss(mean, Map.of());
        };
    TuningOptions options =
        CorpusTuning.options(corpus, LoraConfig.of(1, 2, TargetModules.named("head")))
            .loss(rounded);

    assertThatThrownBy(options::prepare)
        .isInstanceOf(NotDifferentiableException.class)
        .hasMessageContaining("Cumprod");
  }

  @Test
  void missingOptionIsNamed() {
    TuningOptions options = SavedModelTuning.of(CorpusModel.of("mlp").directory());

    assertThatThrownBy(options::prepare)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("lora: must be given");
  }

  @Test
  void batchWithoutLabelsIsAnError() {
    CorpusModel corpus = CorpusModel.of("mlp");
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      assertThatThrownBy(() -> tuning.step(corpus.inputs()))
          .isInstanceOf(SavedModelException.class)
          .hasMessage("batch: must have [features, labels], got [features]");
    }
  }

  @Test
  void weightInsideALoopIsRefused() {
    CorpusModel corpus = CorpusModel.of("gru");
    TuningOptions options =
        CorpusTuning.options(corpus, LoraConfig.of(2, 4, TargetModules.named("gru_cell/kernel")));

    assertThatThrownBy(options::prepare)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("classifier.gru.gru_cell.kernel cannot carry an adapter: While")
        .hasMessageContaining("reads the weight in its body");
  }

  @Test
  void nameThatMatchesNothingIsAnErrorWithNearMisses() {
    CorpusModel corpus = CorpusModel.of("mlp");
    TuningOptions options =
        CorpusTuning.options(corpus, LoraConfig.of(2, 4, TargetModules.named("hiden")));

    assertThatThrownBy(options::prepare)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("target hiden: matches no weight; did you mean:");
  }

  private static Map<String, byte[]> frozen(SavedModelTuning tuning) {
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (FlatVariable variable : tuning.model().adapted().flat().variables()) {
      if (variable.dtype() == DataType.DT_FLOAT) {
        Output<TFloat32> node =
            tuning.model().graph().operationOrThrow(variable.node()).<TFloat32>output(0);
        Output<TFloat32> value =
            variable.resource()
                ? tuning.model().tf().readVariableOp(node, TFloat32.class).asOutput()
                : node;
        Tensor tensor = tuning.model().session().runner().fetch(value).run().get(0);
        byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
        tensor.asRawTensor().data().read(bytes);
        values.put(variable.name(), bytes);
      }
    }
    return values;
  }

  private static Map<String, float[]> gradients(SavedModelTuning tuning, CorpusModel corpus) {
    List<TrainableParameter> parameters = tuning.model().parameters();
    Output<?>[] by =
        parameters.stream().map(p -> p.variable().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients =
        tuning.model().graph().addGradients(tuning.loss().mean().asOutput(), by);
    Session.Runner runner = tuning.model().session().runner();
    tuning.model().feed(runner, corpus.inputs());
    runner.feed(tuning.loss().feeds().get(SignatureLoss.LABELS), corpus.labels());
    for (Output<?> gradient : gradients) {
      runner.fetch(gradient);
    }
    var result = runner.run();
    Map<String, float[]> values = new LinkedHashMap<>();
    for (int i = 0; i < by.length; i++) {
      values.put(parameters.get(i).name(), floats((TFloat32) result.get(i)));
    }
    return values;
  }

  private static float[] of(Map<String, float[]> gradients, TrainableParameter parameter) {
    return Objects.requireNonNull(gradients.get(parameter.name()));
  }

  private static float[] read(SavedModelTuning tuning, TrainableParameter parameter) {
    return floats(
        (TFloat32) tuning.model().session().runner().fetch(parameter.value()).run().get(0));
  }

  private static float[] floats(TFloat32 tensor) {
    float[] floats = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(floats);
    return floats;
  }

  private static void assertClose(float[] actual, float[] wanted, double tolerance, String name) {
    assertThat(actual).as(name).hasSameSizeAs(wanted);
    double error = 0;
    double size = 0;
    for (int i = 0; i < actual.length; i++) {
      error += Math.pow(actual[i] - wanted[i], 2);
      size += Math.pow(wanted[i], 2);
    }
    assertThat(Math.sqrt(error)).as(name).isLessThanOrEqualTo(tolerance * Math.sqrt(size) + 1e-7);
  }
}
