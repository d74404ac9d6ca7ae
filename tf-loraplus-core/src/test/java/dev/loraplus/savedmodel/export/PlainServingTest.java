package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.CorpusTuning;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.training.BatchLoss;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/** Exports serve and learn in a process that has TensorFlow Java and none of this library. */
class PlainServingTest {
  private static final int STEPS = 4;
  private static final double RATE = 2e-3;

  @TempDir Path temporary;

  @Test
  void exportsOfASavedModelNeedTensorFlowAlone() throws Exception {
    // given
    CorpusModel corpus = CorpusModel.of("transformer");
    PlainProcess plain = new PlainProcess();
    double[] losses = new double[STEPS];
    float[] before;
    float[] after;
    try (SavedModelTuning tuning = CorpusTuning.of(corpus, RATE)) {
      before = only(tuning.model().predict(corpus.inputs()));
      TrainableExport.write(tuning, temporary.resolve("trainable"));
      for (int step = 0; step < STEPS; step++) {
        losses[step] = tuning.step(CorpusTuning.batch(corpus)).loss();
      }
      after = only(tuning.model().predict(corpus.inputs()));
      SeparateExport.write(tuning.model(), temporary.resolve("separate"));
      MergedExport.write(tuning.model(), corpus.directory(), temporary.resolve("merged"));
    }

    // when
    script(plain, corpus.inputs(), CorpusTuning.batch(corpus));
    List<float[]> outputs = plain.outputs(temporary);

    // then
    check(outputs, before, after, losses);
  }

  @Test
  void exportsOfANetworkNeedTensorFlowAlone() throws Exception {
    // given
    NetworkCase network = NetworkCase.of("bert-cls");
    PlainProcess plain = new PlainProcess();
    double[] losses = new double[STEPS];
    float[] before;
    float[] after;
    try (AdaptedModel model = network.build()) {
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(RATE, 4), model.parameters());
      TrainableExport.write(model, network.task(), optimizer, 9, temporary.resolve("trainable"));
      BatchLoss loss = BatchLoss.of(model, network.task());
      TrainStep train = optimizer.trainStep(loss.mean());
      for (int step = 0; step < STEPS; step++) {
        losses[step] = loss.run(network.batch(), 9, step, train::run).loss();
      }
      before = network.tokens().run(model, model.plainOutputs().logits());
      after = network.tokens().logits(model);
      SeparateExport.write(model, temporary.resolve("separate"));
      MergedExport.write(model, temporary.resolve("merged"));
    }
    Map<String, Tensor> batch = new LinkedHashMap<>(network.tensors());
    batch.put("labels", network.labelTensor());

    // when
    script(plain, network.tensors(), batch);
    List<float[]> outputs = plain.outputs(temporary);

    // then
    check(outputs, before, after, losses);
  }

  private void script(PlainProcess plain, Map<String, Tensor> inputs, Map<String, Tensor> batch) {
    plain.load(temporary.resolve("separate"));
    plain.inputs(inputs);
    plain.call("serving_default");
    plain.run("serving_default");
    plain.inputs(Map.of(SeparateExport.SWITCH, TFloat32.scalarOf(0f)));
    plain.call("switchable");
    plain.load(temporary.resolve("merged"));
    plain.inputs(inputs);
    plain.call("serving_default");
    plain.load(temporary.resolve("trainable"));
    plain.inputs(batch);
    plain.inputs(Map.of(TrainableExport.LEARNING_RATE, TFloat32.scalarOf((float) RATE)));
    for (int step = 0; step < STEPS; step++) {
      plain.call("train");
    }
    plain.run("predict");
  }

  private static void check(List<float[]> outputs, float[] before, float[] after, double[] losses) {
    assertThat(outputs).hasSize(4 + STEPS + 1);
    assertThat(Numbers.largestError(outputs.get(0), after)).isZero();
    assertThat(Numbers.largestError(outputs.get(1), after)).isZero();
    assertThat(Numbers.largestError(outputs.get(2), before)).isZero();
    assertThat(Numbers.largestError(before, after)).isGreaterThan(1e-4);
    assertThat(Numbers.relativeError(outputs.get(3), after)).isLessThan(1e-6);
    for (int step = 0; step < STEPS; step++) {
      assertThat(outputs.get(4 + step)[0]).isCloseTo((float) losses[step], within(1e-6f));
    }
    assertThat(Numbers.relativeError(outputs.get(4 + STEPS), after)).isLessThan(1e-5);
  }

  private static float[] only(Map<String, Tensor> outputs) {
    assertThat(outputs).hasSize(1);
    return Numbers.of((TFloat32) outputs.values().iterator().next());
  }
}
