package dev.loraplus.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A resource variable of a graph with the ops around it, each made once. It reads and takes
 * float32; a narrow one keeps bfloat16 in between.
 *
 * @param name unique in the graph
 * @param shape fully known
 * @param handle the resource
 * @param held the one read of it that the forward pass uses, float32 or bfloat16 as kept
 * @param value the same as float32
 * @param feed placeholder of the value that {@code assign} stores
 * @param assign stores the fed tensor; the variable shares its buffer unless it is narrow
 */
public record ResourceVariable(
    String name,
    Shape shape,
    Operand<? extends TType> handle,
    Operand<? extends TType> held,
    Operand<TFloat32> value,
    Operand<TFloat32> feed,
    Op assign) {

  /**
   * Whether it keeps bfloat16.
   *
   * @return false for float32
   */
  public boolean isNarrow() {
    return held.type() == TBfloat16.class;
  }

  /**
   * Stores a computed value, rounded to what the variable keeps.
   *
   * @param tf builder of the graph
   * @param computed of this shape
   * @return the op
   */
  public Op assigned(Ops tf, Operand<TFloat32> computed) {
    return tf.assignVariableOp(
        handle, isNarrow() ? tf.dtypes.cast(computed, TBfloat16.class) : computed);
  }
}
