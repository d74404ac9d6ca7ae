package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;

class CheckpointOpsTest {
  @Test
  void variablesOfTypesThatTensorFlowJavaLacksAreSaved() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      graph
          .opBuilder("VarHandleOp", "quantised", tf.scope())
          .setAttr("dtype", DataType.DT_INT8)
          .setAttr("shape", Shape.of(2, 2))
          .setAttr("shared_name", "quantised")
          .build();

      CheckpointOps ops = CheckpointOps.build(graph, graph.toGraphDef().getNodeList());

      assertThat(graph.operation(ops.restore().op().name())).isNotNull();
      assertThat(graph.toGraphDef().getNodeList())
          .filteredOn(node -> node.getOp().equals("RestoreV2"))
          .singleElement()
          .satisfies(
              node ->
                  assertThat(node.getAttrOrThrow("dtypes").getList().getTypeList())
                      .containsExactly(DataType.DT_INT8));
    }
  }
}
