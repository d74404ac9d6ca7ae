package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Slices written into a tensor, and the largest numbers taken out of one. */
final class ScatterGradients {
  private ScatterGradients() {}

  /** y = x with slices u in place of its own: dx = dy with zeros there, du = dy there. */
  static List<Operand<?>> update(OpCall call) {
    Operand<TNumber> indices = call.input(1);
    Operand<TNumber> zeros = call.tf().zerosLike(call.input(2));
    return List.of(
        call.tf().tensorScatterNdUpdate(call.dy(0), indices, zeros),
        call.none(),
        call.tf().gatherNd(call.dy(0), indices));
  }

  /** y = x + slices u: dx = dy, du = dy there. */
  static List<Operand<?>> add(OpCall call) {
    Operand<TNumber> taken = call.tf().gatherNd(call.dy(0), call.input(1));
    return List.of(call.dy(0), call.none(), taken);
  }

  /** y = x - slices u: dx = dy, du = -dy there. */
  static List<Operand<?>> sub(OpCall call) {
    Operand<TNumber> taken = call.tf().gatherNd(call.dy(0), call.input(1));
    return List.of(call.dy(0), call.none(), call.tf().math.neg(taken));
  }

  /** The k largest of each row [..., n]: each gives its derivative to the place it is from. */
  static List<Operand<?>> largest(OpCall call) {
    Ops tf = call.tf();
    Operand<TInt32> shape = tf.shape(call.input(0));
    Operand<TInt32> minusOne = tf.constant(new int[] {-1});
    Operand<TInt32> places = tf.dtypes.cast(call.output(1), TInt32.class);
    Operand<TInt32> k = last(tf, tf.shape(call.output(1)));
    Operand<TInt32> byRow = tf.reshape(places, tf.concat(List.of(minusOne, k), tf.constant(0)));
    Operand<TInt32> n = tf.reshape(last(tf, shape), tf.constant(new int[0]));
    Operand<TInt32> rows = tf.gather(tf.shape(byRow), tf.constant(0), tf.constant(0));
    Operand<TInt32> starts =
        tf.expandDims(
            tf.math.mul(tf.range(tf.constant(0), rows, tf.constant(1)), n), tf.constant(1));
    Operand<TInt32> all = tf.reshape(tf.math.add(byRow, starts), minusOne);
    Operand<TInt32> total = tf.math.mul(rows, n);
    Operand<TNumber> sums =
        tf.math.unsortedSegmentSum(tf.reshape(call.dy(0), minusOne), all, total);
    return call.byFirst(tf.reshape(sums, shape));
  }

  private static Operand<TInt32> last(Ops tf, Operand<TInt32> shape) {
    Operand<TInt32> rank = tf.size(shape);
    Operand<TInt32> place = tf.math.sub(rank, tf.constant(1));
    return tf.reshape(tf.gather(shape, place, tf.constant(0)), tf.constant(new int[] {1}));
  }
}
