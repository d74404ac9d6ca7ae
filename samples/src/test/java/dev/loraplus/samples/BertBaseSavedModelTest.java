package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.savedmodel.SavedModelTuning;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * BERT-base from its Maven artifact learns the same, adapted as the SavedModel that it is and as
 * the network that this library builds.
 */
@Tag("slow")
class BertBaseSavedModelTest {
  private static final int STEPS = 10;
  private static final Shape TOKENS = Shape.of(2, 128);
  private static final LoraConfig LORA =
      LoraConfig.of(8, 16, TargetModules.named("query", "value"));
  private static final OptimizerConfig RATES = OptimizerConfig.of(1e-4, 16);

  private final TInt32 ids = tokens((row, column) -> (int) (1000 + 37 * row + 101 * column));
  private final TInt32 mask = tokens((row, column) -> column < 60 - 20 * row ? 1 : 0);
  private final TInt32 types = tokens((row, column) -> column < 20 ? 0 : 1);
  private final TFloat32 wanted = SeededRandom.of(1, "wanted").normal(Shape.of(2, 128, 768), 1);

  @Test
  void bothWaysHaveTheSameLossCurve(@TempDir Path temporary) throws IOException {
    Path directory = BundledModels.onClassPath().bertBase();
    Map<String, TFloat32> start = new LinkedHashMap<>();

    List<Double> built = built(directory, withItsOwnGelu(directory, temporary), start);
    List<Double> adapted = adapted(directory, start);

    assertThat(built.get(STEPS - 1)).isLessThan(built.get(0) - 0.01);
    for (int i = 0; i < STEPS; i++) {
      assertThat(adapted.get(i)).isCloseTo(built.get(i), within(1e-4));
    }
  }

  private List<Double> built(Path weights, Path config, Map<String, TFloat32> start) {
    Architecture architecture = Architectures.read(config, new Task.MaskedLanguageModel());
    try (AdaptedModel model =
        AdaptedModel.build(architecture, WeightSource.open(weights), LORA, 3)) {
      for (ResourceVariable variable : model.variables().all()) {
        if (variable.name().contains(".lora_")) {
          TFloat32 value = (TFloat32) model.session().runner().fetch(variable.value()).run().get(0);
          start.put(key(variable.name()), TFloat32.tensorOf(value.shape(), value::copyTo));
        }
      }
      Ops tf = model.tf();
      var labels = tf.placeholder(TFloat32.class);
      Operand<TFloat32> errors = tf.math.squaredDifference(model.outputs().hidden(), labels);
      Operand<TFloat32> loss = tf.math.mean(errors, tf.constant(new int[] {0, 1, 2}));
      // The head that the task would train too stands behind the hidden states.
      List<TrainableParameter> factors =
          model.parameters().stream().filter(p -> p.name().contains(".lora_")).toList();
      TrainStep step = new LoraPlusOptimizer(model.graph(), RATES, factors).trainStep(loss);
      ModelInputs inputs = model.inputs();
      List<Double> losses = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        Session.Runner runner =
            model
                .session()
                .runner()
                .feed(inputs.ids(), ids)
                .feed(inputs.mask(), mask)
                .feed(inputs.typeIds(), types)
                .feed(labels, wanted);
        losses.add(step.run(runner).loss());
      }
      return losses;
    }
  }

  private List<Double> adapted(Path directory, Map<String, TFloat32> start) {
    try (SavedModelTuning tuning =
        SavedModelTuning.of(directory)
            .lora(LORA)
            .loss(SignatureLoss.regression("sequence_output"))
            .optimizer(RATES)
            .prepare()) {
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      for (ResourceVariable variable : tuning.model().adapterVariables()) {
        TFloat32 value = start.get(key(variable.name()));
        assertThat(value).as(variable.name()).isNotNull();
        values.put(variable, value);
      }
      assertThat(values).hasSameSizeAs(start.keySet());
      VariableStore.assign(tuning.model().session(), values);
      List<Double> losses = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        losses.add(
            tuning
                .step(
                    Map.of(
                        "input_ids",
                        ids,
                        "input_mask",
                        mask,
                        "segment_ids",
                        types,
                        SignatureLoss.LABELS,
                        wanted))
                .loss());
      }
      return losses;
    }
  }

  /** What is the same in both names: layer, query or value, A or B. */
  private static String key(String name) {
    return name.replaceAll(
        ".*layer[._](\\d+)\\.attention\\.self\\.(query|value)\\.(?:kernel\\.)?lora_([AB]).*",
        "$1 $2 $3");
  }

  /** The artifact's graph approximates GELU by tanh. */
  private static Path withItsOwnGelu(Path directory, Path temporary) throws IOException {
    String config = Files.readString(directory.resolve("config.json"));
    Files.writeString(temporary.resolve("config.json"), config.replace("\"gelu\"", "\"gelu_new\""));
    return temporary;
  }

  /** A token by row and column. */
  private interface Cell {
    int at(long row, long column);
  }

  private static TInt32 tokens(Cell cell) {
    return TInt32.tensorOf(
        TOKENS,
        tensor ->
            tensor.scalars().forEachIndexed((at, token) -> token.setInt(cell.at(at[0], at[1]))));
  }
}
