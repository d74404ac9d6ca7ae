package dev.loraplus.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * cos(p f_i) and sin(p f_i) of every position p and frequency f_i, computed once in a pass and used
 * by every layer.
 */
final class RotaryTable {
  private final Ops tf;
  private final Operand<TFloat32> cos;
  private final Operand<TFloat32> sin;

  /**
   * The table of some positions.
   *
   * @param positions [length], or [batch, length] where rows differ
   * @param frequencies f, half as many as a head has features
   */
  RotaryTable(Ops tf, Operand<TInt32> positions, float[] frequencies) {
    this.tf = tf;
    Operand<TFloat32> places =
        tf.expandDims(tf.dtypes.cast(positions, TFloat32.class), tf.constant(-1));
    Operand<TFloat32> angles = tf.math.mul(places, tf.constant(frequencies));
    // [..., length, 1, size / 2]: the same for every head
    this.cos = tf.expandDims(tf.math.cos(angles), tf.constant(-2));
    this.sin = tf.expandDims(tf.math.sin(angles), tf.constant(-2));
  }

  /**
   * Turns each pair of features (a, b), b half a head after a: (a cos - b sin, b cos + a sin).
   *
   * @param x [batch, length, heads, size]
   * @return the same shape
   */
  Operand<TFloat32> rotate(Operand<TFloat32> x) {
    List<Output<TFloat32>> halves = tf.split(tf.constant(3), x, 2L).output();
    Operand<TFloat32> a = halves.get(0);
    Operand<TFloat32> b = halves.get(1);
    Operand<TFloat32> first = tf.math.sub(tf.math.mul(a, cos), tf.math.mul(b, sin));
    Operand<TFloat32> second = tf.math.add(tf.math.mul(b, cos), tf.math.mul(a, sin));
    return tf.concat(List.of(first, second), tf.constant(3));
  }
}
