package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Lists;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Recomputation;
import dev.loraplus.config.TargetModules;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.graph.RecomputedParts;
import dev.loraplus.model.Architectures;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StepResult;
import dev.loraplus.optimizer.TrainStep;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Passes whose layers are computed again beside passes that keep everything. */
class RecomputationTest {
  private static final int STEPS = 4;
  private static final Pattern LAYER = Pattern.compile("((?:^|\\.)(?:h|layers?)\\.)([01])\\.");

  private final Path temporary;

  RecomputationTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta-cls", "gpt2-lm", "mistral-lm"})
  void everyFamilyLearnsTheSame(String name) {
    // given: dropout in the adapters, whose masks must be the same in both copies of a layer
    LoraConfig lora = dropping(name.startsWith("gpt2") ? gpt2() : attention(name));

    // when
    List<StepResult> kept = steps(name, lora, Recomputation.NONE);
    List<StepResult> recomputed = steps(name, lora, Recomputation.ALL_LAYERS);

    // then
    assertSame(recomputed, kept);
  }

  @Test
  void aTableThatIsReadAtBothEndsGetsItsGradientFromBoth() {
    // given: the embedding is read below all layers and, tied, above them
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("wte", "c_attn"));

    // when
    List<StepResult> kept = steps("gpt2-lm", lora, Recomputation.NONE);
    List<StepResult> recomputed = steps("gpt2-lm", lora, Recomputation.ALL_LAYERS);

    // then
    assertSame(recomputed, kept);
  }

  @ParameterizedTest
  @CsvSource({
    "roberta-cls, roberta.encoder.layer.1.output.dense.weight",
    "gpt2-lm, transformer.h.1.mlp.c_proj.weight"
  })
  void aLayersLastProductIsNotTakenAgainAlsoWithDropout(String name, String last) {
    // given: an adapter on another module, so that the weight has one product in each direction
    TargetModules targets =
        name.startsWith("gpt2") ? TargetModules.named("c_attn") : TargetModules.named("query");

    // when: one forwards and one backwards, but none for the layer that is built again
    long products = products(name, dropping(targets), last);

    // then
    assertThat(products).isEqualTo(2);
  }

  /** Products with a weight that the gradients of a recomputing pass need. */
  private long products(String name, LoraConfig lora, String weight) {
    try (AdaptedModel model = model(name, lora, Recomputation.ALL_LAYERS)) {
      BatchLoss loss = BatchLoss.of(model, ModelFamilyCase.read(name).task());
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(2e-3, 4), model.parameters());
      Set<GraphOperation> needed = new HashSet<>();
      Deque<GraphOperation> open = new ArrayDeque<>();
      optimizer
          .gradients(loss.mean(), loss.parts())
          .forEach(gradient -> open.add(model.graph().operationOrThrow(gradient.op().name())));
      while (!open.isEmpty()) {
        GraphOperation op = open.remove();
        if (needed.add(op)) {
          op.inputs().forEach(in -> open.add(model.graph().operationOrThrow(in.op().name())));
        }
      }
      String read = model.weights().get(weight).variable().value().op().name();
      return needed.stream()
          .filter(op -> op.type().equals("MatMul"))
          .filter(op -> Lists.newArrayList(op.inputs()).get(1).op().name().equals(read))
          .count();
    }
  }

  /** The same up to the order of sums; norms of gradients say more than the loss. */
  private static void assertSame(List<StepResult> recomputed, List<StepResult> kept) {
    assertThat(kept.get(STEPS - 1).loss()).isNotEqualTo(kept.get(0).loss());
    for (int step = 0; step < STEPS; step++) {
      StepResult expected = kept.get(step);
      assertThat(recomputed.get(step).loss()).isCloseTo(expected.loss(), withinPercentage(1e-3));
      assertThat(recomputed.get(step).gradientNorm())
          .isCloseTo(expected.gradientNorm(), withinPercentage(1e-2));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0", "2, 1, 1", "4, 3, 3", "6, 4, 5", "12, 9, 11", "22, 16, 21"})
  void theLastLayersAreKept(int layers, int most, int all) {
    assertThat(Recomputation.NONE.layersOf(layers)).isZero();
    assertThat(Recomputation.MOST_LAYERS.layersOf(layers)).isEqualTo(most);
    assertThat(Recomputation.ALL_LAYERS.layersOf(layers)).isEqualTo(all);
  }

  @Test
  void aLossThatReadsPastTheLastPartIsRefused() {
    // given
    try (AdaptedModel model = model("gpt2-cls", LoraConfig.of(2, 4, gpt2()), Recomputation.NONE)) {
      Ops tf = model.tf();
      RecomputedParts parts = new RecomputedParts();
      Operand<TFloat32> a = model.parameters().get(0).value();
      Operand<TFloat32> first = parts.add(tf, a, x -> tf.math.square(x));
      Operand<TFloat32> second = parts.add(tf, first, x -> tf.math.square(x));
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.add(first, second), tf.constant(new int[] {0, 1}));
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(
              model.graph(), OptimizerConfig.of(1e-3, 4), model.parameters().subList(0, 1));

      // then
      assertThatIllegalStateException()
          .isThrownBy(() -> optimizer.gradients(loss, parts))
          .withMessageContaining("reads it past another part");
    }
  }

  private static LoraConfig dropping(TargetModules targets) {
    LoraConfig plain = LoraConfig.of(2, 4, targets);
    return new LoraConfig(
        plain.rank(),
        plain.alpha(),
        0.2,
        plain.targets(),
        plain.excludes(),
        plain.layers(),
        plain.patterns(),
        plain.bias(),
        plain.modulesToSave(),
        plain.init(),
        plain.variant(),
        plain.rsLora());
  }

  private static TargetModules gpt2() {
    return TargetModules.named("c_attn", "c_fc");
  }

  private static TargetModules attention(String name) {
    return switch (name) {
      case "roberta-cls" -> TargetModules.named("query", "value", "intermediate.dense");
      default -> TargetModules.named("q_proj", "v_proj", "down_proj");
    };
  }

  private AdaptedModel model(String name, LoraConfig lora, Recomputation recomputation) {
    Path directory = deeper(name);
    return AdaptedModel.build(
        Architectures.read(directory, ModelFamilyCase.read(name).task()),
        WeightSource.open(directory),
        lora,
        ComputeConfig.exact().withRecomputation(recomputation),
        3);
  }

  /** The model of a case with its two layers twice, and dropout in all places. */
  private Path deeper(String name) {
    Path target = temporary.resolve(name);
    if (Files.exists(target)) {
      return target;
    }
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(ModelFamilyCase.directory(name))) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode config =
          (ObjectNode)
              mapper.readTree(ModelFamilyCase.directory(name).resolve("config.json").toFile());
      for (String key : List.copyOf(Lists.newArrayList(config.fieldNames()))) {
        if (key.matches("num_hidden_layers|n_layers?")) {
          config.put(key, 4);
        } else if (key.matches(".*(dropout|pdrop|dropout_prob)") && config.get(key).isNumber()) {
          config.put(key, 0.1);
        } else if (key.equals("layer_types")) {
          config.remove(key);
        }
      }
      for (String tensor : source.tensors().keySet()) {
        tensors.put(tensor, source.read(tensor));
        Matcher layer = LAYER.matcher(tensor);
        if (layer.find()) {
          int twin = 2 + Integer.parseInt(layer.group(2));
          tensors.put(layer.replaceFirst("$1" + twin + "."), source.read(tensor));
        }
      }
      Files.createDirectories(target);
      mapper.writeValue(target.resolve("config.json").toFile(), config);
      SafetensorsWriter.write(target.resolve("model.safetensors"), tensors);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      tensors.values().forEach(TFloat32::close);
    }
  }

  private List<StepResult> steps(String name, LoraConfig lora, Recomputation recomputation) {
    ModelFamilyCase example = ModelFamilyCase.read(name);
    try (AdaptedModel model = model(name, lora, recomputation)) {
      BatchLoss loss = BatchLoss.of(model, example.task());
      assertThat(loss.parts().all()).hasSize(recomputation.layersOf(4));
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(model.graph(), OptimizerConfig.of(2e-3, 4), model.parameters());
      TrainStep step =
          optimizer.trainStep(loss.mean(), optimizer.gradients(loss.mean(), loss.parts()));
      Batch batch = example.batch();
      assertThat(batch.targets()).isNotInstanceOf(Targets.None.class);
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        results.add(loss.run(batch, 5, i, step::runMonitored));
      }
      return results;
    }
  }
}
