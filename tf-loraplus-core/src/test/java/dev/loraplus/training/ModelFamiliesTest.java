package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.Products;
import dev.loraplus.weights.WeightSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Logits, loss and gradients of every family agree with transformers. */
class ModelFamiliesTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "roberta-cls",
        "roberta-mlm",
        "bert-mlm",
        "distilbert-cls",
        "distilbert-mlm",
        "gpt2-cls",
        "gpt2-lm",
        "gpt2-lm-variant",
        "llama-cls",
        "llama-lm-llama3",
        "llama-lm-tied-biased",
        "smollm2-lm",
        "mistral-lm",
        "qwen2-lm",
        "qwen2-cls"
      })
  void agreesWithTransformers(String name) {
    assertAgrees(name, ComputeConfig.exact(), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta-cls", "bert-mlm", "gpt2-lm", "llama-lm-llama3", "mistral-lm"})
  void agreesWhereAttentionIsWrittenForOneKernelAndRounded(String name) {
    ComputeConfig fused =
        ComputeConfig.exact().withPrecision(Precision.BFLOAT16).withCompilation(Compilation.FULL);
    // 2^-9 for one rounding; a few add up.
    assertAgrees(name, fused, 0.03);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"roberta-cls", "bert-mlm", "gpt2-lm", "llama-lm-llama3", "mistral-lm", "qwen2-lm"})
  void agreesWhereChainsAreCompiledAndAttentionIsRounded(String name) {
    ComputeConfig chains =
        ComputeConfig.exact()
            .withPrecision(Precision.BFLOAT16)
            .withCompilation(Compilation.ELEMENTWISE);
    assertAgrees(name, chains, 0.03);
  }

  private static void assertAgrees(String name, ComputeConfig compute, double tolerance) {
    NativeRuntime.configure();
    ModelFamilyCase expected = ModelFamilyCase.read(name);
    Architecture architecture =
        Architectures.read(ModelFamilyCase.directory(name), expected.task());

    try (Graph graph = new Graph();
        WeightSource source = WeightSource.open(ModelFamilyCase.directory(name));
        Session session = new Session(graph)) {
      Pass pass = new Pass(graph, architecture, source, compute, expected);
      pass.assignWeights(session);
      List<float[]> given = pass.run(session);

      assertThat(distance(given.get(0), expected.expected("logits")))
          .as("logits")
          .isLessThan(tolerance);
      assertThat(distance(given.get(1), expected.expected("loss")))
          .as("loss")
          .isLessThan(tolerance);
      assertThat(expected.gradients()).hasSizeGreaterThan(5);
      for (int i = 0; i < expected.gradients().size(); i++) {
        String weight = expected.gradients().get(i);
        assertThat(distance(given.get(2 + i), expected.gradient(weight)))
            .as("gradient of " + weight)
            .isLessThan(tolerance);
      }
    }
  }

  /** One graph with the loss of a case and its gradients. */
  private static final class Pass {
    private final ModelFamilyCase expected;
    private final ModelInputs inputs;
    private final ModelWeights weights;
    private final Objective objective;
    private final List<Operand<?>> fetches = new ArrayList<>();

    Pass(
        Graph graph,
        Architecture architecture,
        WeightSource source,
        ComputeConfig compute,
        ModelFamilyCase expected) {
      Ops tf = Ops.create(graph);
      this.expected = expected;
      this.inputs = ModelInputs.create(tf);
      this.weights = new ModelWeights(new VariableStore(tf), architecture, source);
      assertThat(weights.fresh()).isEmpty();
      Operand<TFloat32> logits =
          architecture
              .forward(
                  Layers.training(
                      new Products(tf, compute), architecture, weights, Adaptation.NONE, inputs),
                  inputs)
              .logits();
      this.objective =
          Objective.of(
              tf,
              inputs,
              expected.task(),
              new Objective.Vocabulary(architecture.vocabularySize(), OptionalInt.of(2)));
      Operand<TFloat32> loss = expected.masked() ? probe(tf, logits) : objective.mean(logits);
      fetches.add(logits);
      fetches.add(loss);
      Output<?>[] variables =
          expected.gradients().stream()
              .map(name -> weights.get(name).variable().value().asOutput())
              .toArray(Output<?>[]::new);
      fetches.addAll(List.of(graph.addGradients(loss.asOutput(), variables)));
    }

    private Operand<TFloat32> probe(Ops tf, Operand<TFloat32> logits) {
      Operand<TFloat32> probe =
          tf.reshape(tf.constant(expected.expected("probe")), tf.shape(logits));
      return tf.reduceSum(tf.math.mul(logits, probe), tf.constant(new int[] {0, 1, 2}));
    }

    void assignWeights(Session session) {
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      weights.all().forEach(e -> values.put(e.variable(), weights.initialValue(e, 0)));
      VariableStore.assign(session, values);
      values.values().forEach(TFloat32::close);
    }

    List<float[]> run(Session session) {
      try (Feeds feeds = new Feeds(session.runner())) {
        feeds.longs(inputs.randomness(), 0, 0);
        if (expected.masked()) {
          feeds.tokens(inputs, expected.batch(), expected.batch().ids());
        } else {
          objective.feed(feeds, expected.batch(), 0, 0);
        }
        fetches.forEach(operand -> feeds.runner().fetch(operand));
        List<float[]> values = new ArrayList<>();
        try (Result result = feeds.runner().run()) {
          result.forEach(entry -> values.add(ModelFamilyCase.numbers((TFloat32) entry.getValue())));
        }
        return values;
      }
    }
  }

  /** |given - expected| / |expected| with the largest entry as norm. */
  private static double distance(float[] given, float[] expected) {
    assertThat(given).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < given.length; i++) {
      assertThat(given[i]).isFinite();
      difference = Math.max(difference, Math.abs((double) given[i] - expected[i]));
      norm = Math.max(norm, Math.abs(expected[i]));
    }
    return difference / norm;
  }
}
