package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Gradients against Python TensorFlow's and against finite differences. */
class MissingGradientsTest {
  @BeforeAll
  static void register() {
    MissingGradients.register();
  }

  static List<OpCase> cases() {
    return OpCase.all();
  }

  @Test
  void everyOpHasACase() {
    assertThat(cases().stream().map(OpCase::op).collect(Collectors.toSet()))
        .isEqualTo(MissingGradients.opTypes());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPython(OpCase opCase) {
    try (CaseGraph graph = new CaseGraph(opCase)) {
      Map<Integer, double[]> derivatives = graph.derivatives();

      for (int i = 0; i < opCase.gradients().size(); i++) {
        if (opCase.gradients().get(i).isPresent()) {
          CaseTensor expected = opCase.gradients().get(i).orElseThrow();
          double tolerance = expected.dtype().equals("float32") ? 1e-5 : 1e-12;
          assertThat(derivatives.get(i)).containsExactly(expected.numbers(), within(tolerance));
        } else {
          assertThat(derivatives).doesNotContainKey(i);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsFiniteDifferences(OpCase opCase) {
    try (CaseGraph graph = new CaseGraph(opCase)) {
      graph
          .derivatives()
          .forEach(
              (i, derivative) -> {
                CaseTensor input = opCase.flatInputs().get(i);
                boolean wide = input.dtype().equals("float64");
                double[] slopes = graph.differences(i, wide ? 1e-5 : 1e-2);
                for (int k = 0; k < slopes.length; k++) {
                  if (!isJump(opCase, input.values().get(k))) {
                    assertThat(derivative[k]).isCloseTo(slopes[k], within(wide ? 1e-8 : 1e-2));
                  }
                }
              });
    }
  }

  /** Python's derivative of x log y by x is 0 at x = 0, by convention, and log y beside it. */
  private static boolean isJump(OpCase opCase, double value) {
    return opCase.op().equals("Xlogy") && value == 0;
  }

  @Test
  void leavesAGradientThatExistsAlone() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);

      MissingGradients.register();
      MissingGradients.register();

      assertThat(derivative(graph, tf.math.square(x), x)).isEqualTo(6f);
      assertThat(derivative(graph, tf.ensureShape(x, x.shape()), x)).isEqualTo(1f);
    }
  }

  @Test
  void leavesIndicesWithoutADerivative() {
    // ArgMax has no gradient, and needs none: it only says which row is taken.
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[] {1, 5, 2});
      Operand<TInt64> best = tf.math.argMax(x, tf.constant(0));
      Operand<TFloat32> taken =
          graph
              .opBuilder("Gather", "gather", tf.scope())
              .addInput(x.asOutput())
              .addInput(best.asOutput())
              .build()
              .<TFloat32>output(0);

      Output<?> gradient = graph.addGradients(taken.asOutput(), new Output<?>[] {x.asOutput()})[0];

      try (Session session = new Session(graph);
          Result result = session.runner().fetch(gradient).run()) {
        assertThat(result.get(0)).isEqualTo(TFloat32.vectorOf(0, 1, 0));
      }
    }
  }

  @Test
  void preventGradientStaysAnError() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);
      Operand<TFloat32> y = tf.train.preventGradient(x);

      assertThatThrownBy(() -> derivative(graph, y, x)).hasMessageContaining("PreventGradient");
    }
  }

  private static float derivative(Graph graph, Operand<TFloat32> y, Operand<TFloat32> x) {
    Output<?> gradient = graph.addGradients(y.asOutput(), new Output<?>[] {x.asOutput()})[0];
    try (Session session = new Session(graph);
        Result result = session.runner().fetch(gradient).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
