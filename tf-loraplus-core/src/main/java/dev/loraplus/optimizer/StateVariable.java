package dev.loraplus.optimizer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TType;

/**
 * A variable of the optimizer's state: fetch {@code value} to save it, feed {@code feed} and run
 * {@code assign} to restore it. Saved and restored together with the parameters, training continues
 * bit for bit.
 *
 * @param name unique within the optimizer, such as {@code step} or {@code PARAMETER.first_moment}
 * @param shape fully known
 * @param variable resource handle or ref variable
 * @param value what to fetch, float32 or int64
 * @param feed placeholder of the value that {@code assign} stores
 * @param assign stores the fed tensor; the variable may share its buffer
 */
public record StateVariable(
    String name,
    Shape shape,
    Operand<? extends TType> variable,
    Operand<? extends TType> value,
    Operand<? extends TType> feed,
    Op assign) {
  /**
   * Whether it counts steps. A float32 could not count on beyond 2^24, so a counter is an int64.
   *
   * @return true for the step counter, false for moments
   */
  public boolean isCounter() {
    return value.asOutput().dataType() == DataType.DT_INT64;
  }
}
