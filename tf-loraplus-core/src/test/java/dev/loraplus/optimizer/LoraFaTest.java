package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** LoRA-FA by hand; the reference run "lorafa" of peft checks whole trajectories. */
final class LoraFaTest {
  private static final double RATE = 0.1;
  private static final double DECAY = 0.5;

  private Graph graph;
  private Ops tf;
  private Session session;
  private VariableStore store;

  @BeforeEach
  void makeGraph() {
    graph = new Graph();
    tf = Ops.create(graph);
    store = new VariableStore(tf);
    session = new Session(graph);
  }

  @AfterEach
  void closeGraph() {
    session.close();
    graph.close();
  }

  /** Without memory: p = (1 - rate wd) (p - rate g / (|g| + 1)). */
  private static OptimizerConfig config() {
    return new OptimizerConfig(
        new UpdateRule.LoraFa(0, 0, 1),
        RATE,
        1,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(DECAY),
        DecayExclusions.standard(),
        OptionalDouble.empty(),
        Schedule.constant(),
        false);
  }

  private void assign(ResourceVariable variable, float... values) {
    try (TFloat32 tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(values))) {
      VariableStore.assign(session, Map.of(variable, tensor));
    }
  }

  private float[] fetch(Operand<TFloat32> wanted) {
    try (Result result = session.runner().fetch(wanted).run()) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }

  /** One step on the loss sum(c h) of h = s B A x with x = 1, where dL/dB = s c (A x)^T. */
  private float[] step(float[] a, float[] b, float c) {
    LoraLinear lora = LoraLinear.create(store, "mine", 2, 2, LoraSettings.of(2, 6));
    Operand<TFloat32> x = tf.constant(new float[][] {{1, 1}});
    Operand<TFloat32> h = lora.apply(tf, x, tf.constant(new float[][] {{0, 0}}));
    Operand<TFloat32> first =
        tf.slice(h, tf.constant(new int[] {0, 0}), tf.constant(new int[] {1, 1}));
    Operand<TFloat32> loss =
        tf.math.mul(tf.reshape(first, tf.constant(new int[0])), tf.constant(c));
    var step = new LoraPlusOptimizer(graph, config(), lora.parameters()).minimize(loss);
    assign(lora.a(), a);
    assign(lora.b(), b);
    session.run(step);
    assertThat(fetch(lora.a().value())).as("A is frozen").isEqualTo(a);
    return fetch(lora.b().value());
  }

  @Test
  void theGradientOfBIsThatOfTheFullUpdate() {
    // given: A = [[2, 0], [0, 4]], s = 3, c = 1: g = s (2, 4), (A A^T)^-1 = diag(1/4, 1/16)
    float[] a = {2, 0, 0, 4};

    // when
    float[] b = step(a, new float[] {1, 1, 1, 1}, 1);

    // then: g / s^2 (A A^T)^-1 = (1/3) (2/4, 4/16) in the first row, 0 in the second
    assertThat(b[0]).isCloseTo(moved(1, 1 / 6.0), within());
    assertThat(b[1]).isCloseTo(moved(1, 1 / 12.0), within());
    assertThat(b[2]).isCloseTo(moved(1, 0), within());
    assertThat(b[3]).isCloseTo(moved(1, 0), within());
  }

  @Test
  void dependentRowsOfAAreNoReasonToFail() {
    // given: A A^T = 2 [[1, 1], [1, 1]], whose pseudo-inverse is 1/8 [[1, 1], [1, 1]]
    float[] a = {1, 1, 1, 1};

    // when
    float[] b = step(a, new float[] {0, 0, 0, 0}, 1);

    // then: g = s (2, 2): (1/9) (6, 6) 1/8 [[1, 1], [1, 1]] = (1/6, 1/6)
    assertThat(b[0]).isCloseTo(moved(0, 1 / 6.0), within());
    assertThat(b[1]).isCloseTo(moved(0, 1 / 6.0), within());
  }

  private static float moved(double p, double g) {
    return (float) ((1 - RATE * DECAY) * (p - RATE * g / (Math.abs(g) + 1)));
  }

  private static Offset<Float> within() {
    return Assertions.within(1e-6f);
  }

  @Test
  void whatIsNoPairOfAAndBIsRefused() {
    assertRefused(
        parameter("e.lora_embedding_B", ParameterRole.EMBEDDING_B),
        "parameter 'e.lora_embedding_B': LoRA-FA does not apply to embedding adapters");
    assertRefused(
        parameter("q.lora_magnitude_vector", ParameterRole.MAGNITUDE),
        "parameter 'q.lora_magnitude_vector': LoRA-FA does not apply to DoRA");
    assertRefused(
        parameter("q.lora_B", ParameterRole.B),
        "parameter 'q.lora_B': LoRA-FA needs its A and scaling");
  }

  private TrainableParameter parameter(String name, ParameterRole role) {
    return TrainableParameter.of(store.create(name, Shape.of(2, 2)), role);
  }

  private static void assertRefused(TrainableParameter parameter, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ParameterGroups.of(List.of(parameter), config()))
        .withMessageStartingWith(message);
  }
}
