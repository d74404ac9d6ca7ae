package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** The derivative beside TensorFlow's own in float32; all numbers are small and whole, so exact. */
class HalfProductTest {
  @ParameterizedTest
  @CsvSource({
    "BatchMatMulV2, false, false",
    "BatchMatMulV2, false, true",
    "BatchMatMulV2, true, false",
    "BatchMatMulV2, true, true",
    "BatchMatMul, true, false"
  })
  void derivativesAreThoseOfFloat32(String type, boolean turnedA, boolean turnedB) {
    boolean repeats = type.equals("BatchMatMulV2");
    Shape a = turnedA ? Shape.of(2, 3, 5, 4) : Shape.of(2, 3, 4, 5);
    long batch = repeats ? 1 : 2;
    Shape b = turnedB ? Shape.of(batch, 3, 6, 5) : Shape.of(batch, 3, 5, 6);

    List<float[]> half = derivatives(TFloat16.class, type, a, turnedA, b, turnedB);
    List<float[]> wanted = derivatives(TFloat32.class, type, a, turnedA, b, turnedB);

    assertThat(half.get(0)).containsExactly(wanted.get(0));
    assertThat(half.get(1)).containsExactly(wanted.get(1));
    assertThat(half.get(2)).containsExactly(wanted.get(2));
  }

  /** The product, and the derivatives by a and b of the sum of its weighted numbers. */
  private static <T extends TNumber> List<float[]> derivatives(
      Class<T> numbers, String type, Shape a, boolean turnedA, Shape b, boolean turnedB) {
    try (Graph built = new Graph();
        Graph graph = new Graph()) {
      Ops tf = Ops.create(built);
      Output<T> left = tf.withName("a").dtypes.cast(whole(tf, a), numbers).asOutput();
      Output<T> right = tf.withName("b").dtypes.cast(whole(tf, b), numbers).asOutput();
      built
          .opBuilder(type, "product", tf.scope())
          .addInput(left)
          .addInput(right)
          .setAttr("adj_x", turnedA)
          .setAttr("adj_y", turnedB)
          .build();
      graph.importGraphDef(withDerivative(built.toGraphDef()));
      GraphDef imported = graph.toGraphDef();
      NodeDef last = imported.getNode(imported.getNodeCount() - 1);
      boolean passing = last.getOp().equals("IdentityN");
      assertThat(passing).isEqualTo(numbers == TFloat16.class);

      Ops more = Ops.create(graph).withSubScope("loss");
      Output<T> y =
          graph
              .operationOrThrow(passing ? last.getName() : "product")
              .<T>output(passing ? HalfProduct.RESULT : 0);
      Operand<TFloat32> wide = more.dtypes.cast(y, TFloat32.class);
      Operand<TFloat32> weighted = more.math.mul(wide, whole(more, y.shape()));
      Operand<TFloat32> loss = more.sum(weighted, more.constant(new int[] {0, 1, 2, 3}));
      Output<?>[] by = {
        graph.operationOrThrow("a").output(0), graph.operationOrThrow("b").output(0)
      };
      Output<?>[] found = graph.addGradients(loss.asOutput(), by);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(wide)
                  .fetch(more.dtypes.cast(found[0], TFloat32.class))
                  .fetch(more.dtypes.cast(found[1], TFloat32.class))
                  .run()) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          float[] each = new float[Math.toIntExact(result.get(i).shape().size())];
          ((TFloat32) result.get(i)).asRawTensor().data().asFloats().read(each);
          values.add(each);
        }
        return values;
      }
    }
  }

  private static GraphDef withDerivative(GraphDef graph) {
    MissingGradients.register();
    GraphDef.Builder edited = graph.toBuilder();
    graph.getNodeList().stream()
        .filter(HalfProduct::needed)
        .forEach(node -> edited.addNode(HalfProduct.passing(node, "scope")));
    return edited.build();
  }

  private static Operand<TFloat32> whole(Ops tf, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7 % 5 - 2;
    }
    return tf.constant(shape, DataBuffers.of(values));
  }
}
