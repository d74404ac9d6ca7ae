package dev.loraplus.savedmodel.flat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.graph.SeededRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

class GroupedConvolutionsTest {
  private final TFloat32 x = SeededRandom.of(1, "x").normal(Shape.of(2, 6, 6, 4), 1);
  private final TFloat32 filter = SeededRandom.of(1, "filter").normal(Shape.of(3, 3, 1, 8), 1);

  @Test
  void groupForEachChannelIsADepthwiseConvolutionOfTheSameNumbers() {
    GraphDef grouped;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var input =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 6, 6, 4)));
      var kernel = tf.constantOf(filter);
      tf.withName("y").nn.conv2d(input, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
      grouped = graph.toGraphDef();
    }

    GraphDef depthwise = GroupedConvolutions.replaced(grouped);

    assertThat(depthwise.getNodeList())
        .extracting(NodeDef::getOp)
        .contains("DepthwiseConv2dNative")
        .doesNotContain("Conv2D");
    assertThat(output(depthwise))
        .usingElementComparator((some, other) -> Math.abs(some - other) < 1e-5 ? 0 : 1)
        .containsExactly(output(grouped));
  }

  private float[] output(GraphDef definition) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(definition);
      try (Session session = new Session(graph);
          var result = session.runner().feed("x", x).fetch("y").run()) {
        TFloat32 y = (TFloat32) result.get(0);
        float[] numbers = new float[Math.toIntExact(y.size())];
        y.asRawTensor().data().asFloats().read(numbers);
        return numbers;
      }
    }
  }
}
