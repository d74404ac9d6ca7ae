package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Rows taken from a table: a row's derivative is the sum over the places that took it. */
final class LookupGradients {
  private LookupGradients() {}

  /** Gather: table [rows, ...] and indices of any shape. */
  static List<Operand<?>> gather(OpCall call) {
    Operand<TInt32> shape = call.tf().shape(call.input(0));
    return call.byFirst(table(call, shape, 0));
  }

  /**
   * ResourceGather: the table is a variable; the derivative by its handle is that of its value.
   * With batch dimensions, table [batch..., rows, ...] and indices [batch..., places...].
   */
  static List<Operand<?>> resourceGather(OpCall call) {
    Operand<TInt32> shape = call.tf().variableShape(call.op().input(0));
    return call.byFirst(table(call, shape, (int) call.attribute("batch_dims")));
  }

  /** ResourceGatherNd: an index holds the first coordinates of the slice that it takes. */
  static List<Operand<?>> resourceGatherNd(OpCall call) {
    Ops tf = call.tf();
    Operand<TInt64> shape = tf.variableShape(call.op().input(0), TInt64.class);
    Operand<TInt64> indices = tf.dtypes.cast(call.input(1), TInt64.class);
    return call.byFirst(tf.scatterNd(indices, call.dy(0), shape));
  }

  /** The tables of all batches are stacked, so that one sum by row number serves them all. */
  private static Operand<TNumber> table(OpCall call, Operand<TInt32> shape, int batchDims) {
    Ops tf = call.tf();
    Operand<TInt32> batches = tf.prod(part(tf, shape, 0, batchDims), tf.constant(0));
    Operand<TInt32> rows = tf.reshape(part(tf, shape, batchDims, 1), tf.constant(new int[0]));
    Operand<TInt32> inner = part(tf, shape, batchDims + 1, -1);
    Operand<TInt32> indices = tf.dtypes.cast(call.input(1), TInt32.class);
    Operand<TInt32> places = tf.reshape(tf.size(indices), tf.constant(new int[] {1}));
    Operand<TNumber> rowsOfDy =
        tf.reshape(call.dy(0), tf.concat(List.of(places, inner), tf.constant(0)));
    Operand<TNumber> sums =
        tf.math.unsortedSegmentSum(
            rowsOfDy, stacked(tf, indices, batches, rows), tf.math.mul(batches, rows));
    return tf.reshape(sums, shape);
  }

  /** Row numbers in the stack: index + batch rows, as a vector. */
  private static Operand<TInt32> stacked(
      Ops tf, Operand<TInt32> indices, Operand<TInt32> batches, Operand<TInt32> rows) {
    Operand<TInt32> each = tf.range(tf.constant(0), batches, tf.constant(1));
    Operand<TInt32> offsets = tf.expandDims(tf.math.mul(each, rows), tf.constant(1));
    Operand<TInt32> byBatch = tf.reshape(indices, tf.stack(List.of(batches, tf.constant(-1))));
    return tf.reshape(tf.math.add(byBatch, offsets), tf.constant(new int[] {-1}));
  }

  private static Operand<TInt32> part(Ops tf, Operand<TInt32> shape, int from, int size) {
    return tf.slice(shape, tf.constant(new int[] {from}), tf.constant(new int[] {size}));
  }
}
