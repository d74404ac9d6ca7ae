package dev.loraplus.savedmodel.adapt;

import dev.loraplus.savedmodel.plan.Kernel;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A float32 weight of a running graph, to compute with and to assign.
 *
 * @param node the variable or constant
 * @param source what holds it
 */
record KernelVariable(Output<TFloat32> node, Kernel.Source source) {
  static KernelVariable of(Graph graph, Kernel kernel) {
    return new KernelVariable(
        graph.operationOrThrow(kernel.node()).<TFloat32>output(0), kernel.source());
  }

  Operand<TFloat32> read(Ops tf) {
    return source == Kernel.Source.RESOURCE ? tf.readVariableOp(node, TFloat32.class) : node;
  }

  Op assign(Ops tf, Operand<TFloat32> value) {
    return switch (source) {
      case RESOURCE -> tf.assignVariableOp(node, value);
      case REF -> tf.assign(node, value);
      case CONSTANT -> throw new IllegalStateException(node.op().name() + ": is a constant");
    };
  }
}
