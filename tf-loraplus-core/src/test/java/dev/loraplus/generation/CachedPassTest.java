package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Decoder;
import dev.loraplus.model.LoadedModel;
import dev.loraplus.weights.WeightSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Logits with the cache are those of the whole text without it. */
class CachedPassTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral"})
  void stepsGiveTheLogitsOfWholeTexts(String name) {
    try (LoadedModel model = GenerationCases.load(name)) {
      assertStepsEqualWholeTexts(model, GenerationCases.read(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void soTheyDoWithLoraAndDoraAndMerged(String name) {
    GenerationCases cases = GenerationCases.read(name);
    for (LoraVariant variant : List.of(LoraVariant.PLAIN, LoraVariant.DORA)) {
      try (AdaptedModel model = adapted(name, variant)) {
        assertStepsEqualWholeTexts(model, cases);
        Generator generator = Generator.of(model);
        GenerationConfig config = GenerationConfig.of(12, new Decoding.Greedy());
        List<Continuation> adapted = generator.generate(cases.prompts(), config);

        model.merge();

        assertStepsEqualWholeTexts(model, cases);
        assertThat(generator.generate(cases.prompts(), config)).isEqualTo(adapted);
      }
    }
  }

  private static void assertStepsEqualWholeTexts(LoadedModel model, GenerationCases cases) {
    CachedPass pass = CachedPass.build(model, (Decoder) model.architecture());
    List<int[]> texts = cases.prompts();
    assertEqual(pass.start(texts), model, texts);
    // Rows that swap, leave and come twice, as in beam search.
    for (int[] rows : new int[][] {{0, 1, 2, 3}, {3, 1, 1}, {2, 0, 1, 0}, {0, 1, 2, 3}, {1}}) {
      int[] tokens = IntStream.range(0, rows.length).map(row -> 5 + 3 * row).toArray();
      float[][] given = pass.step(rows, tokens);
      List<int[]> before = texts;
      texts =
          IntStream.range(0, rows.length)
              .mapToObj(row -> appended(before.get(rows[row]), tokens[row]))
              .toList();
      assertEqual(given, model, texts);
    }
  }

  private static void assertEqual(float[][] given, LoadedModel model, List<int[]> texts) {
    assertThat(given.length).isEqualTo(texts.size());
    for (int row = 0; row < given.length; row++) {
      float[] expected = wholeText(model, texts.get(row));
      double error = 0;
      double largest = 0;
      for (int i = 0; i < expected.length; i++) {
        error = Math.max(error, Math.abs(given[row][i] - expected[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
      }
      assertThat(error / largest).as("row %d of %d", row, given.length).isLessThan(TOLERANCE);
    }
  }

  /** Logits after the last token, from the model's own pass. */
  private static float[] wholeText(LoadedModel model, int[] text) {
    int[] ones = new int[text.length];
    Arrays.fill(ones, 1);
    Shape shape = Shape.of(1, text.length);
    try (TInt32 ids = TInt32.tensorOf(shape, DataBuffers.of(text));
        TInt32 mask = TInt32.tensorOf(shape, DataBuffers.of(ones));
        Result result =
            model
                .session()
                .runner()
                .feed(model.inputs().ids(), ids)
                .feed(model.inputs().mask(), mask)
                .fetch(model.outputs().logits())
                .run()) {
      TFloat32 logits = (TFloat32) result.get(0);
      float[] last = new float[model.architecture().vocabularySize()];
      logits
          .asRawTensor()
          .data()
          .asFloats()
          .offset((long) (text.length - 1) * last.length)
          .read(last);
      return last;
    }
  }

  /** Adapters with values that change the logits. */
  private static AdaptedModel adapted(String name, LoraVariant variant) {
    LoraConfig config =
        new LoraConfig(
            2,
            4,
            0,
            TargetModules.allLinear(),
            Optional.empty(),
            LayerSelection.all(),
            Patterns.none(),
            BiasMode.NONE,
            Optional.of(List.of()),
            LoraInit.KAIMING_UNIFORM,
            variant,
            false);
    AdaptedModel model =
        AdaptedModel.build(
            GenerationCases.architecture(name),
            WeightSource.open(GenerationCases.directory(name)),
            config,
            3);
    Map<ResourceVariable, TFloat32> values = new HashMap<>();
    model.variables().all().stream()
        .filter(variable -> variable.name().contains("lora_B"))
        .forEach(
            variable ->
                values.put(
                    variable, SeededRandom.of(4, variable.name()).normal(variable.shape(), 0.3)));
    assertThat(values).isNotEmpty();
    VariableStore.assign(model.session(), values);
    values.values().forEach(TFloat32::close);
    return model;
  }

  private static int[] appended(int[] text, int token) {
    int[] longer = Arrays.copyOf(text, text.length + 1);
    longer[text.length] = token;
    return longer;
  }
}
