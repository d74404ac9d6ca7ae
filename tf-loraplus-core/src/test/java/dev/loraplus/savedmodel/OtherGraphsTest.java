package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.loss.SignatureLoss;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Graphs that are no SavedModels: of TensorFlow Java, and frozen ones. */
class OtherGraphsTest {
  private static final Shape KERNEL = Shape.of(4, 3);

  private final TFloat32 x = SeededRandom.of(1, "x").normal(Shape.of(5, 4), 1);
  private final TFloat32 w = SeededRandom.of(1, "w").normal(KERNEL, 1);
  private final TFloat32 labels = SeededRandom.of(1, "labels").normal(Shape.of(5, 3), 1);

  @Test
  void refVariableOfALiveGraphIsCopiedAndAdapted() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var input = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
      var kernel = tf.withSubScope("dense").withName("kernel").variable(KERNEL, TFloat32.class);
      var feed = tf.placeholder(TFloat32.class);
      var assign = tf.assign(kernel, feed);
      Operand<TFloat32> output = tf.linalg.matMul(input, kernel);
      try (Session session = new Session(graph)) {
        session.runner().feed(feed, w).addTarget(assign).run().close();

        trains(FlatGraph.of(session, Map.of("x", input), Map.of("y", output)));
      }
    }
  }

  @Test
  void resourceVariableOfALiveGraphIsCopiedAndAdapted() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var input = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
      var kernel = tf.withSubScope("dense").withName("kernel").varHandleOp(TFloat32.class, KERNEL);
      var feed = tf.placeholder(TFloat32.class);
      var assign = tf.assignVariableOp(kernel, feed);
      Operand<TFloat32> output = tf.linalg.matMul(input, tf.readVariableOp(kernel, TFloat32.class));
      try (Session session = new Session(graph)) {
        session.runner().feed(feed, w).addTarget(assign).run().close();

        trains(FlatGraph.of(session, Map.of("x", input), Map.of("y", output)));
      }
    }
  }

  @Test
  void constantOfAFrozenGraphIsAdapted() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var input = tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
      var kernel = tf.withSubScope("dense").withName("kernel").constantOf(w);
      tf.withName("y").identity(tf.linalg.matMul(input, kernel));

      trains(
          FlatGraph.of(
              graph.toGraphDef(),
              Map.of("x", new TensorName("x", 0)),
              Map.of("y", new TensorName("y", 0))));
    }
  }

  private void trains(FlatGraph flat) {
    try (SavedModelTuning tuning =
        SavedModelTuning.of(flat)
            .lora(LoraConfig.of(2, 4, TargetModules.named("dense")))
            .loss(SignatureLoss.regression("y"))
            .optimizer(OptimizerConfig.of(1e-2, 4))
            .prepare()) {
      TFloat32 y =
          (TFloat32) Objects.requireNonNull(tuning.model().predict(Map.of("x", x)).get("y"));
      assertThat(y.getFloat(1, 2)).isCloseTo(expected(1, 2), within(1e-5f));

      Map<String, Tensor> batch = Map.of("x", x, SignatureLoss.LABELS, labels);
      double start = tuning.evaluate(batch);
      for (int i = 0; i < 20; i++) {
        tuning.step(batch);
      }
      assertThat(tuning.evaluate(batch)).isLessThan(0.8 * start);
    }
  }

  private float expected(int row, int column) {
    float sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += x.getFloat(row, i) * w.getFloat(i, column);
    }
    return sum;
  }
}
