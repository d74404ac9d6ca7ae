package dev.loraplus.savedmodel.flat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.config.Compilation;
import dev.loraplus.graph.Sessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

class VariableOpsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void aResourceVariableIsReadAndAssigned() {
    assertHolds(tf.varHandleOp(TFloat32.class, Shape.scalar()).asOutput());
  }

  @Test
  void aRefVariableIsReadAndAssigned() {
    assertHolds(tf.variable(Shape.scalar(), TFloat32.class).asOutput());
  }

  @Test
  void aConstantIsReadAndNotAssigned() {
    Output<?> constant = tf.withName("kernel").constant(3.0f).asOutput();

    assertThat(VariableOps.read(tf, constant, DataType.DT_FLOAT)).isEqualTo(constant);
    assertThatIllegalStateException()
        .isThrownBy(() -> VariableOps.assign(tf, constant, tf.constant(2.0f)))
        .withMessage("kernel: is a constant");
  }

  private void assertHolds(Output<?> variable) {
    try (Session session = Sessions.open(graph, Compilation.NONE)) {
      session.run(VariableOps.assign(tf, variable, tf.constant(2.5f)));

      Output<?> read = VariableOps.read(tf, variable, DataType.DT_FLOAT);
      try (Result result = session.runner().fetch(read).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(2.5f);
      }
    }
  }
}
