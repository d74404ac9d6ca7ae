package dev.loraplus.savedmodel.flat;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;

/**
 * Reads and stores variables of both kinds, resource and ref. The ops are made by their names,
 * since TensorFlow Java lacks a class for some types, such as int8.
 */
public final class VariableOps {
  private static final String CONSTANT = "Const";

  private VariableOps() {}

  /**
   * The value of a variable.
   *
   * @param tf builder of the variable's graph
   * @param variable the handle of a resource variable; a ref variable, or a constant, is its value
   * @param dtype type of its numbers
   * @return the value when it is read
   */
  public static Output<?> read(Ops tf, Output<?> variable, DataType dtype) {
    if (!isResource(variable)) {
      return variable;
    }
    return op(tf, "ReadVariableOp").addInput(variable).setAttr("dtype", dtype).build().output(0);
  }

  /**
   * Stores a value.
   *
   * @param tf builder of the variable's graph
   * @param variable the handle of a resource variable, or a ref variable
   * @param value of its type and shape
   * @return the op that stores it
   * @throws IllegalStateException if it is a constant
   */
  public static Op assign(Ops tf, Output<?> variable, Operand<?> value) {
    if (variable.op().type().equals(CONSTANT)) {
      throw new IllegalStateException(variable.op().name() + ": is a constant");
    }
    Operation assignment =
        op(tf, isResource(variable) ? "AssignVariableOp" : "Assign")
            .addInput(variable)
            .addInput(value.asOutput())
            .build();
    return () -> assignment;
  }

  private static OperationBuilder op(Ops tf, String type) {
    return tf.scope().opBuilder(type, type);
  }

  private static boolean isResource(Output<?> variable) {
    return variable.op().type().equals(GraphVariables.RESOURCE);
  }
}
