package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.CorpusTuning;
import dev.loraplus.savedmodel.Difference;
import dev.loraplus.savedmodel.EachCorpusModel;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.flat.TensorName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

class ExportTest {
  @TempDir Path temporary;

  @EachCorpusModel
  void everyExportGivesWhatTheModelGives(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      EveryExport.check(corpus, tuning, temporary);
    }
  }

  @Test
  void besideANarrowProductTheMergedModelRoundsOtherwise() {
    CorpusModel corpus = CorpusModel.of(CorpusModel.MIXED);
    Path merged = temporary.resolve("merged");
    try (SavedModelTuning tuning = CorpusTuning.of(corpus, AdapterPlacement.BESIDE)) {
      for (int i = 0; i < 3; i++) {
        tuning.step(CorpusTuning.batch(corpus));
      }
      Map<String, Tensor> wanted = tuning.model().predict(corpus.inputs());

      MergedExport.write(tuning.model(), corpus.directory(), merged);

      assertThat(
              Difference.relative(
                  EveryExport.served(merged, "serving_default", corpus.inputs()), wanted))
          .isBetween(1e-4, 0.02);
    }
  }

  @Test
  void switchTakesTheAdaptersOut() {
    CorpusModel corpus = CorpusModel.of("transformer");
    Path separate = temporary.resolve("separate");
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      Map<String, Tensor> untrained = tuning.model().predict(corpus.inputs());
      tuning.step(CorpusTuning.batch(corpus));
      SeparateExport.write(tuning.model(), separate);

      Map<String, Tensor> inputs = new HashMap<>(corpus.inputs());
      inputs.put(SeparateExport.SWITCH, TFloat32.scalarOf(0f));
      Map<String, Tensor> off = EveryExport.served(separate, "switchable", inputs);
      inputs.put(SeparateExport.SWITCH, TFloat32.scalarOf(1f));
      Map<String, Tensor> on = EveryExport.served(separate, "switchable", inputs);

      assertThat(Difference.largest(off, untrained)).isZero();
      assertThat(Difference.largest(on, tuning.model().predict(corpus.inputs()))).isZero();
      assertThat(Difference.largest(on, untrained)).isGreaterThan(1e-3);
    }
  }

  @EachCorpusModel
  void exportedModelTrainsAsThisLibraryDoes(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    Path trainable = temporary.resolve("trainable");
    List<Double> wanted = new ArrayList<>();
    Map<String, Tensor> predicted;
    try (SavedModelTuning tuning = CorpusTuning.of(corpus)) {
      assertThat(TrainableExport.write(tuning, corpus.directory(), "serving_default", trainable))
          .isEmpty();
      for (int i = 0; i < 20; i++) {
        wanted.add(tuning.step(CorpusTuning.batch(corpus)).loss());
      }
      predicted = tuning.model().predict(corpus.inputs());
    }

    try (SavedModelBundle bundle = SavedModelBundle.load(trainable.toString())) {
      Map<String, Tensor> batch = new HashMap<>(CorpusTuning.batch(corpus));
      batch.put(TrainableExport.LEARNING_RATE, TFloat32.scalarOf((float) CorpusTuning.RATE));
      for (double loss : wanted) {
        try (Result result = bundle.function("train").call(batch)) {
          assertThat(((TFloat32) result.get("loss").orElseThrow()).getFloat())
              .isCloseTo((float) loss, within(1e-5f));
        }
      }
      assertThat(
              Difference.largest(EveryExport.call(bundle, "predict", corpus.inputs()), predicted))
          .isLessThan(1e-5);

      for (String other : SavedModelFile.read(corpus.directory()).signatures().keySet()) {
        assertThat(Difference.largest(EveryExport.call(bundle, other, corpus.inputs()), predicted))
            .as(other)
            .isLessThan(1e-5);
      }

      TString path = TString.scalarOf(temporary.resolve("step20").toString());
      bundle.function("save").call(Map.of("path", path)).close();
      bundle.function("train").call(batch).close();
      bundle.function("restore").call(Map.of("path", path)).close();
      assertThat(
              Difference.largest(EveryExport.call(bundle, "predict", corpus.inputs()), predicted))
          .isLessThan(1e-5);
    }
  }

  @Test
  void weightsThatTrainInFullAreSavedToo() {
    CorpusModel corpus = CorpusModel.of("mlp");
    Path merged = temporary.resolve("merged");
    Path adapters = temporary.resolve("adapters");
    LoraConfig config =
        LoraConfig.of(2, 4, TargetModules.named("hidden"))
            .withModulesToSave(Optional.of(List.of("head")));
    try (SavedModelTuning tuning =
        SavedModelTuning.of(corpus.directory())
            .lora(config)
            .loss(CorpusTuning.loss(corpus))
            .optimizer(OptimizerConfig.of(1e-2, 4))
            .prepare()) {
      tuning.step(CorpusTuning.batch(corpus));
      Map<String, Tensor> wanted = tuning.model().predict(corpus.inputs());

      MergedExport.write(tuning.model(), corpus.directory(), merged);
      AdapterFiles.save(tuning.model(), adapters, "mlp");

      assertThat(tuning.plan().render()).contains("modulesToSave head -> 2 modules");
      assertThat(
              Difference.largest(
                  EveryExport.served(merged, "serving_default", corpus.inputs()), wanted))
          .isLessThan(1e-6);
      try (AdaptedSavedModel again =
          AdaptedSavedModel.build(
              FlatGraph.of(corpus.directory()), AdapterFiles.readConfig(adapters), 99)) {
        AdapterFiles.load(again, adapters);
        assertThat(Difference.largest(again.predict(corpus.inputs()), wanted)).isZero();
      }
    }
  }

  @Test
  void mergedModelOfConstantsIsRefusedBeforeAnythingIsWritten() {
    CorpusModel corpus = CorpusModel.of("mlp");
    Path merged = temporary.resolve("merged");
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var x = tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      var kernel = tf.withName("kernel").constant(new float[][] {{1, 2, 3}, {4, 5, 6}});
      tf.withName("y").identity(tf.linalg.matMul(x, kernel));
      FlatGraph flat =
          FlatGraph.of(
              graph.toGraphDef(),
              Map.of("x", new TensorName("x", 0)),
              Map.of("y", new TensorName("y", 0)));
      try (AdaptedSavedModel model =
          AdaptedSavedModel.build(flat, LoraConfig.of(1, 2, TargetModules.named("kernel")), 1)) {
        assertThatThrownBy(() -> MergedExport.write(model, corpus.directory(), merged))
            .isInstanceOf(SavedModelException.class)
            .hasMessageContaining("[kernel] are constants of the graph");
      }
    }
    assertThat(merged).doesNotExist();
  }

  @Test
  void directoryWithFilesIsRefused() throws IOException {
    Files.writeString(temporary.resolve("notes.txt"), "mine");
    try (SavedModelTuning tuning = CorpusTuning.of(CorpusModel.of("mlp"))) {
      assertThatThrownBy(() -> SeparateExport.write(tuning.model(), temporary))
          .isInstanceOf(SavedModelException.class)
          .hasMessageContaining("must be empty or not exist");
    }
  }
}
