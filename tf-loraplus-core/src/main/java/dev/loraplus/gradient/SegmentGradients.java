package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Rows of data taken by indices and joined in segments, as lookups of several words of one text do.
 * Inputs data [rows, ...], indices [places], segments [places]; place p adds row indices[p] to
 * output segments[p].
 */
final class SegmentGradients {
  private SegmentGradients() {}

  /** d(row of place p) = dy of its segment. */
  static List<Operand<?>> sum(OpCall call) {
    return data(call, toPlaces(call, call.dy(0)));
  }

  /** d(row of place p) = dy of its segment / n, of the n places of the segment. */
  static List<Operand<?>> mean(OpCall call) {
    return data(call, toPlaces(call, call.tf().math.divNoNan(call.dy(0), counts(call))));
  }

  /** d(row of place p) = dy of its segment / sqrt(n). */
  static List<Operand<?>> sqrtN(OpCall call) {
    var math = call.tf().math;
    return data(call, toPlaces(call, math.divNoNan(call.dy(0), math.sqrt(counts(call)))));
  }

  private static Operand<TNumber> toPlaces(OpCall call, Operand<TNumber> bySegment) {
    return call.tf().gather(bySegment, call.input(2), call.tf().constant(0));
  }

  /** Places of each segment, of a shape that divides dy: [segments, 1, ...]. */
  private static Operand<TNumber> counts(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> dy = call.dy(0);
    Operand<TNumber> ones = tf.dtypes.cast(tf.onesLike(call.input(2)), dy.type());
    Operand<TInt32> segments = first(tf, dy);
    Operand<TNumber> counts = tf.math.unsortedSegmentSum(ones, call.input(2), segments);
    Operand<TInt32> trailing =
        tf.onesLike(
            tf.slice(tf.shape(dy), tf.constant(new int[] {1}), tf.constant(new int[] {-1})));
    Operand<TInt32> leading = tf.reshape(segments, tf.constant(new int[] {1}));
    return tf.reshape(counts, tf.concat(List.of(leading, trailing), tf.constant(0)));
  }

  /** Sums the places over the rows that they took. */
  private static List<Operand<?>> data(OpCall call, Operand<TNumber> byPlace) {
    Ops tf = call.tf();
    Operand<TInt32> rows = first(tf, call.input(0));
    return call.byFirst(tf.math.unsortedSegmentSum(byPlace, call.input(1), rows));
  }

  private static Operand<TInt32> first(Ops tf, Operand<TNumber> x) {
    return tf.gather(tf.shape(x), tf.constant(0), tf.constant(0));
  }
}
