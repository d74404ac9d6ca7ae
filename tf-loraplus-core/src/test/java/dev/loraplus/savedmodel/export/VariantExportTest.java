package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.CorpusTuning;
import dev.loraplus.savedmodel.Difference;
import dev.loraplus.savedmodel.EachCorpusModel;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.VariantCase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/** Adapters other than plain ones: DoRA, PiSSA, OLoRA, and biases that train beside them. */
@Tag("slow")
class VariantExportTest {
  private static final int STEPS = 5;

  @TempDir Path temporary;

  static Stream<Arguments> variants() {
    return Stream.of("transformer", "convnet", CorpusModel.MIXED, CorpusModel.HALF, "tf1")
        .flatMap(
            name ->
                Stream.of(
                    Arguments.of(name, LoraInit.KAIMING_UNIFORM, LoraVariant.DORA),
                    Arguments.of(name, LoraInit.PISSA, LoraVariant.PLAIN),
                    Arguments.of(name, LoraInit.OLORA, LoraVariant.PLAIN),
                    Arguments.of(name, LoraInit.PISSA, LoraVariant.DORA)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void freshAdapterChangesNothingAndEveryExportGivesWhatTheModelGives(
      String name, LoraInit init, LoraVariant variant) {
    CorpusModel corpus = CorpusModel.of(name);
    try (SavedModelTuning tuning = VariantCase.prepare(corpus, init, variant)) {
      assertThat(Difference.relative(tuning.model().predict(corpus.inputs()), corpus.outputs()))
          .isLessThan(corpus.isCoarse() ? 0.02 : 1e-5);

      EveryExport.check(corpus, tuning, temporary);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void exportedModelTrainsAsThisLibraryDoes(String name, LoraInit init, LoraVariant variant) {
    CorpusModel corpus = CorpusModel.of(name);
    Path trainable = temporary.resolve("trainable");
    List<Double> wanted = new ArrayList<>();
    try (SavedModelTuning tuning = VariantCase.prepare(corpus, init, variant)) {
      TrainableExport.write(tuning, trainable);
      for (int i = 0; i < STEPS; i++) {
        wanted.add(tuning.step(CorpusTuning.batch(corpus)).loss());
      }
      assertThat(tuning.evaluate(CorpusTuning.batch(corpus))).isLessThan(wanted.get(0));
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
    }
  }

  @EachCorpusModel
  void biasesOfAdaptedLayersTrainAndAreExported(String name) {
    CorpusModel corpus = CorpusModel.of(name);
    boolean named = !Set.of("embedding", "gaps", "tied", "vocabulary-file").contains(name);
    LoraConfig config =
        LoraConfig.of(1, 2, CorpusTuning.targets(corpus))
            .withBias(named ? BiasMode.LORA_ONLY : BiasMode.NONE);
    try (SavedModelTuning tuning = CorpusTuning.options(corpus, config).prepare()) {
      assertThat(tuning.model().adapted().plan().biases().isEmpty()).isEqualTo(!named);

      EveryExport.check(corpus, tuning, temporary);
    }
  }
}
