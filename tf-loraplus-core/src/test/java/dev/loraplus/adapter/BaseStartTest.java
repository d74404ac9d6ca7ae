package dev.loraplus.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Starts by what defines them, on one weight of 6 outputs and 8 inputs. */
final class BaseStartTest {
  private static final int OUT = 6;
  private static final int IN = 8;
  private static final int RANK = 4;
  private static final double SCALING = 2.5;

  private Graph graph;
  private Session session;
  private VariableStore store;

  @BeforeEach
  void makeGraph() {
    graph = new Graph();
    store = new VariableStore(Ops.create(graph));
    session = new Session(graph);
  }

  @AfterEach
  void closeGraph() {
    session.close();
    graph.close();
  }

  private static LoraSettings settings(LoraInit init) {
    return new LoraSettings(RANK, SCALING, 0, init, LoraVariant.PLAIN);
  }

  private BaseWeight weight(KernelLayout layout) {
    Shape shape = layout == KernelLayout.OUT_IN ? Shape.of(OUT, IN) : Shape.of(IN, OUT);
    ResourceVariable variable = store.create("w0", shape);
    try (TFloat32 random = SeededRandom.of(1, "w").normal(shape, 1)) {
      VariableStore.assign(session, Map.of(variable, random));
    }
    return new BaseWeight(variable, layout);
  }

  private double[][] outIn(BaseWeight base) {
    double[][] stored =
        value(base.variable().value(), base.layout() == KernelLayout.OUT_IN ? IN : OUT);
    return base.layout() == KernelLayout.OUT_IN ? stored : Matrices.transpose(stored);
  }

  private double[][] value(Operand<TFloat32> operand, int columns) {
    try (Result result = session.runner().fetch(operand).run()) {
      return Matrices.of(Numbers.of((TFloat32) result.get(0)), columns);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pissaTakesTheLargestSingularValuesOutOfTheWeight(KernelLayout layout) {
    // given
    BaseWeight base = weight(layout);
    double[][] w0 = outIn(base);
    LoraLinear lora = LoraLinear.create(store, "mine", base, settings(LoraInit.PISSA));

    // when
    lora.initialize(session, 0);

    // then
    double[][] a = value(lora.a().value(), IN);
    double[][] b = value(lora.b().value(), RANK);
    double[][] residual = outIn(base);
    assertThat(
            Numbers.largestError(
                Matrices.floats(Matrices.sum(residual, SCALING, Matrices.product(b, a))),
                Matrices.floats(w0)))
        .isLessThan(1e-5);
    // A A^T = B^T B = S / s, falling; what is left is orthogonal to both and smaller.
    double[][] ofA = Matrices.product(a, Matrices.transpose(a));
    double[][] ofB = Matrices.product(Matrices.transpose(b), b);
    for (int i = 0; i < RANK; i++) {
      for (int j = 0; j < RANK; j++) {
        assertThat(ofA[i][j]).isCloseTo(i == j ? ofB[i][i] : 0, within(1e-5));
        assertThat(ofB[i][j]).isCloseTo(i == j ? ofA[i][i] : 0, within(1e-5));
      }
      assertThat(i == 0 || ofA[i][i] < ofA[i - 1][i - 1]).isTrue();
    }
    assertThat(largest(Matrices.product(residual, Matrices.transpose(a)))).isLessThan(1e-5);
    assertThat(largest(Matrices.product(Matrices.transpose(b), residual))).isLessThan(1e-5);
    // No direction of what is left is longer than the shortest that was taken.
    double[][] square = Matrices.product(residual, Matrices.transpose(residual));
    double[][] high = square;
    for (int i = 0; i < 6; i++) {
      high = Matrices.product(high, high);
    }
    double longest = Math.pow(trace(high), 1.0 / 128);
    assertThat(longest).isLessThan(1.1 * SCALING * ofA[RANK - 1][RANK - 1]);
  }

  @Test
  void oloraTakesTheFirstColumnsOfQ() {
    // given
    BaseWeight base = weight(KernelLayout.OUT_IN);
    double[][] w0 = outIn(base);
    LoraLinear lora = LoraLinear.create(store, "mine", base, settings(LoraInit.OLORA));

    // when
    lora.initialize(session, 0);

    // then: B^T B = I, A = B^T W0, W = W0 - s B A
    double[][] a = value(lora.a().value(), IN);
    double[][] b = value(lora.b().value(), RANK);
    double[][] gram = Matrices.product(Matrices.transpose(b), b);
    for (int i = 0; i < RANK; i++) {
      for (int j = 0; j < RANK; j++) {
        assertThat(gram[i][j]).isCloseTo(i == j ? 1 : 0, within(1e-5));
        // R is upper triangular
        assertThat(j < i ? a[i][j] : 0).isCloseTo(0, within(1e-6));
      }
    }
    assertThat(
            Numbers.largestError(
                Matrices.floats(a), Matrices.floats(Matrices.product(Matrices.transpose(b), w0))))
        .isLessThan(1e-5);
    assertThat(
            Numbers.largestError(
                Matrices.floats(outIn(base)),
                Matrices.floats(Matrices.sum(w0, -SCALING, Matrices.product(b, a)))))
        .isLessThan(1e-5);
  }

  @Test
  void orthogonalFactorsAreNotZeroButTheirProductIs() {
    // given
    LoraLinear lora = LoraLinear.create(store, "mine", 900, 800, settings(LoraInit.ORTHOGONAL));

    // when
    lora.initialize(session, 3);

    // then: an entry of A or B has the variance 1/100 x r/2 rows of Q / r
    double[][] a = value(lora.a().value(), 900);
    double[][] b = value(lora.b().value(), RANK);
    assertThat(largest(Matrices.product(b, a))).isLessThan(1e-6);
    assertThat(meanSquare(a)).isCloseTo(0.005, withinPercentage(10));
    assertThat(meanSquare(b)).isCloseTo(0.005, withinPercentage(10));
  }

  @Test
  void noInitGivesBothFactorsAndTheBiasTorchsUniformNumbers() {
    // given
    LoraSettings random = new LoraSettings(RANK, SCALING, 0, LoraInit.NONE, LoraVariant.B_BIAS);
    LoraLinear lora = LoraLinear.create(store, "mine", 900, 800, random);

    // when
    lora.initialize(session, 3);

    // then: U(-b, b) has the variance b^2 / 3, with b^2 = 1 / 900 and 1 / 4
    assertThat(meanSquare(value(lora.a().value(), 900)))
        .isCloseTo(1 / 2700.0, withinPercentage(10));
    assertThat(meanSquare(value(lora.b().value(), RANK))).isCloseTo(1 / 12.0, withinPercentage(10));
    TrainableParameter bias = lora.parameters().get(2);
    assertThat(bias.role()).isEqualTo(ParameterRole.BIAS);
    assertThat(bias.name()).isEqualTo("mine.lora_B.bias");
    assertThat(meanSquare(value(bias.value(), 800))).isCloseTo(1 / 12.0, withinPercentage(15));
  }

  @Test
  void aStartFromTheWeightNeedsTheWeight() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> LoraLinear.create(store, "mine", IN, OUT, settings(LoraInit.PISSA)))
        .withMessage("mine: the init PISSA needs the frozen weight; pass it to create");
  }

  private static double trace(double[][] matrix) {
    double sum = 0;
    for (int i = 0; i < matrix.length; i++) {
      sum += matrix[i][i];
    }
    return sum;
  }

  private static double largest(double[][] matrix) {
    double largest = 0;
    for (float value : Matrices.floats(matrix)) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double meanSquare(double[][] matrix) {
    double sum = 0;
    for (float value : Matrices.floats(matrix)) {
      sum += (double) value * value;
    }
    return sum / (matrix.length * matrix[0].length);
  }
}
