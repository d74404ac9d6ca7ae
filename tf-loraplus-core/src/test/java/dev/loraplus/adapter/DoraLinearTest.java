package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** DoRA against the formula in plain loops: 6 inputs of 5 features, 3 outputs, rank 2. */
final class DoraLinearTest {
  private static final int ROWS = 6;
  private static final int IN = 5;
  private static final int OUT = 3;
  private static final LoraSettings SETTINGS = LoraSettings.of(2, 3).withVariant(LoraVariant.DORA);
  private static final double[][] X = random("x", ROWS, IN);
  private static final double[][] DROPPED = random("dropped", ROWS, IN);
  private static final double[][] W0 = random("w", OUT, IN);
  private static final double[][] C = random("c", ROWS, OUT);

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

  /** A, B and m. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Point(double[][] a, double[][] b, double[][] m) {}

  private static double[][] random(String name, int rows, int columns) {
    try (TFloat32 tensor = SeededRandom.of(1, name).normal(Shape.of(rows, columns), 1)) {
      return Matrices.of(Numbers.of(tensor), columns);
    }
  }

  private Operand<TFloat32> constant(double[][] matrix) {
    return tf.constant(
        Shape.of(matrix.length, matrix[0].length), DataBuffers.of(Matrices.floats(matrix)));
  }

  private DoraLinear dora(KernelLayout layout) {
    double[][] stored = layout == KernelLayout.OUT_IN ? W0 : Matrices.transpose(W0);
    ResourceVariable weight = store.create("w0", Shape.of(stored.length, stored[0].length));
    assign(Map.of(weight, stored));
    DoraLinear dora = DoraLinear.create(store, "mine", new BaseWeight(weight, layout), SETTINGS);
    dora.initialize(session, 5);
    return dora;
  }

  private void assign(Map<ResourceVariable, double[][]> values) {
    Map<ResourceVariable, TFloat32> tensors = new LinkedHashMap<>();
    values.forEach(
        (variable, matrix) ->
            tensors.put(
                variable,
                TFloat32.tensorOf(variable.shape(), DataBuffers.of(Matrices.floats(matrix)))));
    VariableStore.assign(session, tensors);
    tensors.values().forEach(TFloat32::close);
  }

  private Point moved(DoraLinear dora) {
    Point point = new Point(random("a", 2, IN), random("b", OUT, 2), random("m", 1, OUT));
    assign(Map.of(dora.a(), point.a(), dora.b(), point.b(), dora.magnitude(), point.m()));
    return point;
  }

  private float[] fetch(Operand<TFloat32> wanted) {
    try (Result result = session.runner().fetch(wanted).run()) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }

  /** W0 + s B A. */
  private static double[][] adapted(Point point) {
    return Matrices.sum(W0, SETTINGS.scaling(), Matrices.product(point.b(), point.a()));
  }

  /** m / |V| (W0 + s B A) x with a given |V|. */
  private static double[][] expected(Point point, double[] norms, double[][] x) {
    double[][] h = Matrices.product(x, Matrices.transpose(adapted(point)));
    for (double[] row : h) {
      for (int o = 0; o < OUT; o++) {
        row[o] *= point.m()[0][o] / norms[o];
      }
    }
    return h;
  }

  @ParameterizedTest
  @EnumSource
  void aFreshAdapterHasTheNormsOfTheWeightAndChangesNothing(KernelLayout layout) {
    // given
    DoraLinear dora = dora(layout);
    double[][] product = Matrices.product(X, Matrices.transpose(W0));

    // when
    float[] h = fetch(dora.apply(tf, constant(X), constant(product)));

    // then
    double[][] norms = {Matrices.rowNorms(W0)};
    assertThat(Numbers.largestError(fetch(dora.magnitude().value()), Matrices.floats(norms)))
        .isLessThan(1e-6);
    assertThat(Numbers.largestError(h, Matrices.floats(product))).isLessThan(1e-5);
  }

  @ParameterizedTest
  @EnumSource
  void outputsWithAndWithoutDropoutAreThoseOfTheFormula(KernelLayout layout) {
    // given
    DoraLinear dora = dora(layout);
    Point point = moved(dora);
    double[] norms = Matrices.rowNorms(adapted(point));
    double[][] product = Matrices.product(X, Matrices.transpose(W0));

    // when
    float[] h = fetch(dora.apply(tf, constant(X), constant(product)));
    float[] dropped = fetch(dora.applyDropped(tf, constant(DROPPED), constant(product)));

    // then
    assertThat(Numbers.relativeError(h, Matrices.floats(expected(point, norms, X))))
        .isLessThan(1e-5);
    // h = W0 x + g (W0 + s B A) dropout(x) - W0 dropout(x)
    double[][] changed =
        Matrices.sum(
            Matrices.sum(product, 1, expected(point, norms, DROPPED)),
            -1,
            Matrices.product(DROPPED, Matrices.transpose(W0)));
    assertThat(Numbers.relativeError(dropped, Matrices.floats(changed))).isLessThan(1e-5);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreFiniteDifferencesAtConstantNorm(KernelLayout layout) {
    // given
    DoraLinear dora = dora(layout);
    Point point = moved(dora);
    double[] norms = Matrices.rowNorms(adapted(point));
    double[][] product = Matrices.product(X, Matrices.transpose(W0));
    ToDoubleFunction<Point> loss = at -> dot(C, expected(at, norms, X));
    Operand<TFloat32> weighted =
        tf.math.mul(dora.apply(tf, constant(X), constant(product)), constant(C));

    // when
    var gradients =
        graph.addGradients(
            tf.sum(weighted, tf.constant(new int[] {0, 1})).asOutput(),
            new Output<?>[] {
              dora.a().value().asOutput(),
              dora.b().value().asOutput(),
              dora.magnitude().value().asOutput()
            });

    // then
    double[][][] parts = {point.a(), point.b(), point.m()};
    for (int part = 0; part < parts.length; part++) {
      float[] gradient = fetch(gradients[part].expect(TFloat32.class));
      int columns = parts[part][0].length;
      for (int i = 0; i < gradient.length; i++) {
        assertThat((double) gradient[i])
            .isCloseTo(slope(loss, point, parts[part][i / columns], i % columns), within(1e-4));
      }
    }
  }

  private static double slope(ToDoubleFunction<Point> loss, Point point, double[] row, int column) {
    double step = 1e-5;
    double value = row[column];
    row[column] = value + step;
    double above = loss.applyAsDouble(point);
    row[column] = value - step;
    double below = loss.applyAsDouble(point);
    row[column] = value;
    return (above - below) / (2 * step);
  }

  private static double dot(double[][] left, double[][] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < left[0].length; j++) {
        sum += left[i][j] * right[i][j];
      }
    }
    return sum;
  }

  @Test
  void anotherVariantIsRefused() {
    BaseWeight base = new BaseWeight(store.create("w0", Shape.of(OUT, IN)), KernelLayout.OUT_IN);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> DoraLinear.create(store, "mine", base, LoraSettings.of(2, 3)))
        .withMessage("mine: the variant must be DORA, got PLAIN");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> LoraLinear.create(store, "mine", IN, OUT, SETTINGS))
        .withMessageContaining("use DoraLinear");
  }
}
