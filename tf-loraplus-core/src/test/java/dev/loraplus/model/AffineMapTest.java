package dev.loraplus.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Sessions;
import dev.loraplus.graph.VariableStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

class AffineMapTest {
  private static final int ROWS = 5;
  private static final int INPUTS = 6;
  private static final int[] OUTPUTS = {4, 2, 3};

  @ParameterizedTest
  @CsvSource({
    "true, true, 3, 1",
    "true, false, 3, 1",
    "false, true, 3, 1",
    "false, false, 3, 1",
    // One of them is kept in float32, as a weight that trains.
    "true, true, 2, 3",
    "false, true, 2, 3"
  })
  void mapsOfOneInputAreWhatTheyAreAlone(
      boolean transposed, boolean biases, int narrow, int products) {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf);
      Random random = new Random(3);
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      List<AffineMap> maps = new ArrayList<>();
      for (int i = 0; i < OUTPUTS.length; i++) {
        Shape shape = transposed ? Shape.of(OUTPUTS[i], INPUTS) : Shape.of(INPUTS, OUTPUTS[i]);
        ResourceVariable weight =
            i < narrow ? store.createNarrow("w" + i, shape) : store.create("w" + i, shape);
        values.put(weight, tensor(random, shape));
        maps.add(
            new AffineMap(
                weight, transposed, biases ? constant(tf, random, Shape.of(OUTPUTS[i])) : null));
      }
      Products compute = new Products(tf, ComputeConfig.exact().withPrecision(Precision.BFLOAT16));
      Operand<TFloat32> x = constant(tf, random, Shape.of(ROWS, INPUTS));
      List<Operand<TFloat32>> directions = new ArrayList<>();
      for (int outputs : OUTPUTS) {
        directions.add(constant(tf, random, Shape.of(ROWS, outputs)));
      }

      // when
      long before = count(graph);
      List<Operand<TFloat32>> joined = AffineMap.values(compute, x, maps, true);
      assertThat(count(graph) - before).isEqualTo(products);
      List<Operand<TFloat32>> apart = new ArrayList<>();
      maps.forEach(map -> apart.addAll(AffineMap.values(compute, x, List.of(map), true)));
      Output<?> joinedSlope = slope(graph, tf, joined, directions, x);
      Output<?> apartSlope = slope(graph, tf, apart, directions, x);

      // then
      try (Session session = Sessions.open(graph, Compilation.NONE)) {
        VariableStore.assign(session, values);
        Session.Runner runner = session.runner();
        joined.forEach(runner::fetch);
        apart.forEach(runner::fetch);
        try (Result result = runner.fetch(joinedSlope).fetch(apartSlope).run()) {
          for (int i = 0; i < OUTPUTS.length; i++) {
            assertClose(numbers(result, i), numbers(result, OUTPUTS.length + i), 1e-6f);
          }
          // The sum of three rounded gradients beside one that is rounded at the end.
          assertClose(
              numbers(result, 2 * OUTPUTS.length), numbers(result, 2 * OUTPUTS.length + 1), 0.1f);
        }
      } finally {
        values.values().forEach(TFloat32::close);
      }
    }
  }

  private static long count(Graph graph) {
    List<String> types = new ArrayList<>();
    graph.operations().forEachRemaining(op -> types.add(op.type()));
    return types.stream().filter(MatMul.OP_NAME::equals).count();
  }

  /** The derivative by x of the sum of all outputs, each times its direction. */
  private static Output<?> slope(
      Graph graph,
      Ops tf,
      List<Operand<TFloat32>> outputs,
      List<Operand<TFloat32>> directions,
      Operand<TFloat32> x) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      sums.add(
          tf.sum(tf.math.mul(outputs.get(i), directions.get(i)), tf.constant(new int[] {0, 1})));
    }
    return graph.addGradients(tf.math.addN(sums).asOutput(), new Output<?>[] {x.asOutput()})[0];
  }

  private static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  private static float[] numbers(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] numbers = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }

  private static Operand<TFloat32> constant(Ops tf, Random random, Shape shape) {
    return tf.constant(shape, DataBuffers.of(normal(random, shape)));
  }

  private static TFloat32 tensor(Random random, Shape shape) {
    return TFloat32.tensorOf(shape, DataBuffers.of(normal(random, shape)));
  }

  private static float[] normal(Random random, Shape shape) {
    float[] numbers = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
