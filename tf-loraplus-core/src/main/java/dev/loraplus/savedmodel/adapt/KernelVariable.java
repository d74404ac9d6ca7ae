package dev.loraplus.savedmodel.adapt;

import dev.loraplus.savedmodel.flat.VariableOps;
import dev.loraplus.savedmodel.plan.Kernel;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * A float32 weight of a running graph, to compute with and to assign.
 *
 * @param node the variable or constant
 */
record KernelVariable(Output<?> node) {
  static KernelVariable of(Graph graph, Kernel kernel) {
    return new KernelVariable(graph.operationOrThrow(kernel.node()).output(0));
  }

  Operand<TFloat32> read(Ops tf) {
    return VariableOps.read(tf, node, DataType.DT_FLOAT).expect(TFloat32.class);
  }

  Op assign(Ops tf, Operand<TFloat32> value) {
    return VariableOps.assign(tf, node, value);
  }
}
