package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** LoRA on one product of a user's own graph: 16 inputs of 5 features, 3 outputs. */
final class LoraLinearTest {
  private static final int IN = 5;
  private static final int OUT = 3;
  private static final float[] X = normal("x", Shape.of(16, IN));
  private static final float[] W0 = normal("w", Shape.of(IN, OUT));
  private static final float[] Y = normal("y", Shape.of(16, OUT));

  private Graph graph;
  private Ops tf;
  private Session session;
  private Variable<TFloat32> w0;
  private VariableStore store;

  @BeforeEach
  void makeGraph() {
    graph = new Graph();
    tf = Ops.create(graph);
    store = new VariableStore(tf);
    w0 = tf.variable(Shape.of(IN, OUT), TFloat32.class);
    session = new Session(graph);
    session.run(tf.assign(w0, constant(W0, IN, OUT)));
  }

  @AfterEach
  void closeGraph() {
    session.close();
    graph.close();
  }

  private static float[] normal(String name, Shape shape) {
    try (TFloat32 tensor = SeededRandom.of(1, name).normal(shape, 1)) {
      return Numbers.of(tensor);
    }
  }

  private Operand<TFloat32> constant(float[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  private Operand<TFloat32> meanSquare(Operand<TFloat32> h) {
    Operand<TFloat32> squares = tf.math.squaredDifference(h, constant(Y, 16, OUT));
    return tf.math.mean(tf.reshape(squares, tf.constant(new int[] {-1})), tf.constant(0));
  }

  private float[] fetch(Operand<TFloat32> wanted) {
    try (Result result = session.runner().fetch(wanted).run()) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }

  @Test
  void anUntrainedAdapterChangesNothing() {
    // given
    Operand<TFloat32> x = constant(X, 16, IN);
    Operand<TFloat32> product = tf.linalg.matMul(x, w0);
    LoraLinear lora = LoraLinear.create(store, "mine", IN, OUT, LoraSettings.of(2, 4));

    // when
    Operand<TFloat32> h = lora.apply(tf, x, product);
    lora.initialize(session, 3);

    // then
    assertThat(fetch(h)).isEqualTo(fetch(product));
  }

  @Test
  void trainingLowersTheLossAndMovesNothingButTheAdapter() {
    // given
    Operand<TFloat32> x = constant(X, 16, IN);
    LoraLinear lora = LoraLinear.create(store, "mine", IN, OUT, LoraSettings.of(2, 4));
    Operand<TFloat32> loss = meanSquare(lora.apply(tf, x, tf.linalg.matMul(x, w0)));
    Op train =
        new LoraPlusOptimizer(graph, OptimizerConfig.of(0.02, 4), lora.parameters()).minimize(loss);
    lora.initialize(session, 3);
    float[] a = fetch(lora.a().value());
    float before = fetch(loss)[0];

    // when
    for (int step = 0; step < 60; step++) {
      session.run(train);
    }

    // then
    assertThat(fetch(loss)[0]).isLessThan(0.7f * before);
    assertThat(fetch(w0)).isEqualTo(W0);
    assertThat(fetch(lora.a().value())).isNotEqualTo(a);
    assertThat(fetch(lora.b().value())).isNotEqualTo(new float[OUT * 2]);
  }

  @Test
  void outputsAreThoseOfTheFormula() {
    // given: h = W0 x + s B A x
    Operand<TFloat32> x = constant(X, 16, IN);
    LoraSettings settings = new LoraSettings(2, 1.5, 0, LoraInit.GAUSSIAN, LoraVariant.PLAIN);
    LoraLinear lora = LoraLinear.create(store, "mine", IN, OUT, settings);
    float[] a = normal("a", Shape.of(2, IN));
    float[] b = normal("b", Shape.of(OUT, 2));

    // when
    Operand<TFloat32> h = lora.apply(tf, x, tf.linalg.matMul(x, w0));
    assign(Map.of(lora.a(), a, lora.b(), b));

    // then
    assertThat(Numbers.largestError(fetch(h), formula(a, b, 1.5))).isLessThan(1e-5);
  }

  @Test
  void aThirdAxisIsKept() {
    // given
    Operand<TFloat32> flat = constant(X, 16, IN);
    Operand<TFloat32> cube = tf.reshape(flat, tf.constant(new int[] {4, 4, IN}));
    Operand<TFloat32> product = tf.linalg.matMul(flat, w0);
    LoraLinear lora = LoraLinear.create(store, "mine", IN, OUT, LoraSettings.of(2, 3));

    // when
    Operand<TFloat32> h =
        lora.apply(tf, cube, tf.reshape(product, tf.constant(new int[] {4, 4, OUT})));
    Operand<TFloat32> flatH = lora.apply(tf, flat, product);
    assign(Map.of(lora.a(), normal("a", Shape.of(2, IN)), lora.b(), normal("b", Shape.of(OUT, 2))));

    // then
    assertThat(h.shape()).isEqualTo(Shape.of(4, 4, OUT));
    assertThat(fetch(h)).isEqualTo(fetch(flatH));
    assertThat(fetch(h)).isNotEqualTo(fetch(product));
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    // given
    Operand<TFloat32> x = constant(X, 16, IN);
    LoraLinear lora = LoraLinear.create(store, "mine", IN, OUT, LoraSettings.of(2, 3));
    Operand<TFloat32> loss = meanSquare(lora.apply(tf, x, tf.linalg.matMul(x, w0)));
    var pairs =
        new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-3, 1), lora.parameters())
            .computeGradients(loss);
    Map<ResourceVariable, float[]> values =
        Map.of(lora.a(), normal("a", Shape.of(2, IN)), lora.b(), normal("b", Shape.of(OUT, 2)));
    assign(values);
    List<float[]> gradients = new ArrayList<>();
    pairs.forEach(
        pair -> gradients.add(fetch(pair.getGradient().asOutput().expect(TFloat32.class))));

    for (int i = 0; i < 2; i++) {
      ResourceVariable variable = i == 0 ? lora.a() : lora.b();
      float[] gradient = gradients.get(i);
      for (int j = 0; j < gradient.length; j++) {
        // when: (L(p + e) - L(p - e)) / 2e
        float[] moved = Objects.requireNonNull(values.get(variable)).clone();
        moved[j] += 0.05f;
        assign(Map.of(variable, moved));
        double above = fetch(loss)[0];
        moved[j] -= 0.1f;
        assign(Map.of(variable, moved));
        double difference = (above - fetch(loss)[0]) / 0.1;
        assign(values);

        // then: the loss is quadratic in each number, so only rounding is left
        assertThat((double) gradient[j])
            .as("%s[%d]", variable.name(), j)
            .isCloseTo(difference, withinPercentage(1));
      }
    }
  }

  @Test
  void startsAreThoseOfTheSettingsAndDependOnSeedAndPath() {
    // given
    LoraSettings gaussian = LoraSettings.of(4, 4).withInit(LoraInit.GAUSSIAN);
    LoraLinear uniform = LoraLinear.create(store, "u", 900, 4, LoraSettings.of(4, 4));
    LoraLinear normal = LoraLinear.create(store, "n", 900, 4, gaussian);

    // when
    float[] u = start(uniform, 1);
    float[] n = start(normal, 1);

    // then: U(-1/30, 1/30) and N(0, 1/16)
    assertThat(max(u)).isBetween(0.0330f, 1 / 30f);
    assertThat(rms(u)).isBetween(0.97 / 30 / Math.sqrt(3), 1.03 / 30 / Math.sqrt(3));
    assertThat(rms(n)).isBetween(0.97 / 4, 1.03 / 4);
    assertThat(start(uniform, 1)).isEqualTo(u);
    assertThat(start(uniform, 2)).isNotEqualTo(u);
    LoraLinear elsewhere = LoraLinear.create(store, "v", 900, 4, LoraSettings.of(4, 4));
    assertThat(start(elsewhere, 1)).isNotEqualTo(u);
  }

  @Test
  void aRankAboveTheMatrixIsRefused() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> LoraLinear.create(store, "mine", IN, OUT, LoraSettings.of(4, 4)))
        .withMessage(
            "rank of mine: must be at most 3, the smaller side of its [3, 5] weight, got 4");
  }

  private static float[] start(LoraLinear lora, long seed) {
    var values = lora.initialValues(seed);
    float[] a = new float[0];
    for (var entry : values.entrySet()) {
      if (entry.getKey().equals(lora.a())) {
        a = Numbers.of(entry.getValue());
      } else {
        assertThat(Numbers.of(entry.getValue())).containsOnly(0);
      }
      entry.getValue().close();
    }
    return a;
  }

  private static float max(float[] values) {
    float max = 0;
    for (float value : values) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  private static double rms(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private void assign(Map<ResourceVariable, float[]> values) {
    values.forEach(
        (variable, numbers) -> {
          try (TFloat32 tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(numbers))) {
            VariableStore.assign(session, Map.of(variable, tensor));
          }
        });
  }

  private static float[] formula(float[] a, float[] b, double s) {
    float[] h = new float[16 * OUT];
    for (int row = 0; row < 16; row++) {
      for (int o = 0; o < OUT; o++) {
        double sum = 0;
        for (int i = 0; i < IN; i++) {
          double ba = (double) b[o * 2] * a[i] + (double) b[o * 2 + 1] * a[IN + i];
          sum += X[row * IN + i] * (W0[i * OUT + o] + s * ba);
        }
        h[row * OUT + o] = (float) sum;
      }
    }
    return h;
  }
}
