package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.CorpusTuning;
import dev.loraplus.savedmodel.Difference;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.RestoredBundle;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;

/** What every export of every model has to give after some steps. */
final class EveryExport {
  private EveryExport() {}

  /** Trains, writes and loads; the directory is empty. */
  static void check(CorpusModel corpus, SavedModelTuning tuning, Path directory) {
    Path separate = directory.resolve("separate");
    Path merged = directory.resolve("merged");
    Path adapters = directory.resolve("adapters");
    String signature = SavedModelFile.DEFAULT_SIGNATURE;
    for (int i = 0; i < 3; i++) {
      tuning.step(CorpusTuning.batch(corpus));
    }
    AdaptedSavedModel model = tuning.model();
    Map<String, Tensor> wanted = model.predict(corpus.inputs());

    Map<String, String> leftOut =
        SeparateExport.write(model, corpus.directory(), signature, separate);
    MergedExport.write(model, corpus.directory(), merged);
    AdapterFiles.save(model, adapters, corpus.name());

    assertThat(leftOut).isEmpty();
    assertThat(SavedModelFile.read(separate).signatures().keySet())
        .containsAll(SavedModelFile.read(corpus.directory()).signatures().keySet());
    assertThat(Difference.largest(served(separate, signature, corpus.inputs()), wanted)).isZero();
    assertThat(Difference.relative(served(merged, signature, corpus.inputs()), wanted))
        .isLessThan(1e-6);
    assertThat(merged.resolve("saved_model.pb"))
        .hasSameBinaryContentAs(corpus.directory().resolve("saved_model.pb"));
    try (AdaptedSavedModel again = AdapterFiles.load(FlatGraph.of(corpus.directory()), adapters)) {
      assertThat(Difference.largest(again.predict(corpus.inputs()), wanted)).isZero();
    }
  }

  static Map<String, Tensor> served(Path directory, String signature, Map<String, Tensor> inputs) {
    try (SavedModelBundle bundle = RestoredBundle.load(directory)) {
      return call(bundle, signature, inputs);
    }
  }

  static Map<String, Tensor> call(
      SavedModelBundle bundle, String signature, Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = new HashMap<>();
    for (Map.Entry<String, Tensor> output : bundle.function(signature).call(inputs)) {
      outputs.put(output.getKey(), output.getValue());
    }
    return outputs;
  }
}
