package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.family.TNumber;

/**
 * The Gaussian error linear unit y = x Phi(x) (Hendrycks and Gimpel, arXiv 1606.08415), with Phi
 * the normal distribution and phi its density. Its derivative reads x and what stands for Phi(x),
 * or x alone; put together from elementary ops it would read more.
 */
public final class Gelu {
  private static final double CUBIC = 0.044715;
  private static final double SLOPE = Math.sqrt(2 / Math.PI);

  private Gelu() {}

  /**
   * y = x Phi(x) = x/2 (1 + erf(x / sqrt 2)).
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> exact(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> phi = toUnitInterval(tf, erf(tf, x));
    return HandWritten.GELU.value(tf, x, tf.math.mul(x, phi), List.of(phi));
  }

  /**
   * The same in elementary ops, for passes that XLA compiles as a whole: it makes one kernel of
   * each direction and keeps x alone.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> elementary(Ops tf, Operand<TFloat32> x) {
    return tf.math.mul(x, toUnitInterval(tf, erf(tf, x)));
  }

  /**
   * The same where XLA compiles the chain of ops in each direction: all that is kept is x, from
   * which the derivative starts again.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> ofInput(Ops tf, Operand<TFloat32> x) {
    return HandWritten.GELU_OF_INPUT.value(tf, x, elementary(tf, x), List.of(x));
  }

  /**
   * y = x Phi(x) of an x that is rounded to bfloat16, where XLA compiles the chain of ops in each
   * direction: all that is kept is the rounded x, whose slope is read from a table.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @param kept x rounded
   * @return y of the shape of x
   */
  public static Operand<TFloat32> ofRounded(Ops tf, Operand<TFloat32> x, Operand<TBfloat16> kept) {
    Operand<TFloat32> read = tf.dtypes.cast(kept, TFloat32.class);
    return HandWritten.GELU_OF_ROUNDED.value(
        tf, x, elementary(tf, read), List.of(kept, GeluSlopes.in(tf)));
  }

  /**
   * y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the approximation of the same paper.
   *
   * @param tf builder of the graph
   * @param x any shape
   * @return y of the shape of x
   */
  public static Operand<TFloat32> tanh(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> cube = tf.math.mul(x, tf.math.mul(x, x));
    Operand<TFloat32> inner = tf.math.add(x, tf.math.mul(cube, tf.constant((float) CUBIC)));
    Operand<TFloat32> s =
        toUnitInterval(tf, tf.math.tanh(tf.math.mul(inner, tf.constant((float) SLOPE))));
    return HandWritten.GELU_TANH.value(tf, x, tf.math.mul(x, s), List.of(s));
  }

  /** dx = dy (Phi(x) + x phi(x)) with the Phi(x) that was kept. */
  static List<Operand<?>> exact(OpCall call) {
    return slope(
        call, OpCall.number(density(call.tf(), call.op().input(0).expect(TFloat32.class))));
  }

  /** dx = dy (Phi(x) + x phi(x)) with nothing kept but x. */
  static List<Operand<?>> ofInput(OpCall call) {
    Ops tf = call.tf();
    Operand<TFloat32> x = waiting(call, TInt32.class, TFloat32.class);
    Operand<TFloat32> phi = toUnitInterval(tf, erf(tf, x));
    Operand<TFloat32> slope = tf.math.add(phi, tf.math.mul(x, density(tf, x)));
    return call.byFirst(tf.math.mul(call.dy(1), OpCall.number(slope)));
  }

  /** dx = dy (Phi(x) + x phi(x)), the second factor from the table. */
  static List<Operand<?>> ofRounded(OpCall call) {
    Operand<TFloat32> slopes = call.op().input(3).expect(TFloat32.class);
    Operand<TFloat32> slope =
        GeluSlopes.at(call.tf(), slopes, waiting(call, TUint16.class, TBfloat16.class));
    return call.byFirst(call.tf().math.mul(call.dy(1), OpCall.number(slope)));
  }

  /**
   * The x that was kept, but not before dy is there: else what is made of it would be computed
   * beside y and kept instead. TensorFlow waits for the bits of dy, none of which is taken; XLA
   * sees that and leaves them out.
   */
  private static <B extends TNumber, T extends TNumber> Operand<T> waiting(
      OpCall call, Class<B> bits, Class<T> type) {
    Ops tf = call.tf();
    Operand<TInt32> none =
        tf.bitwise.bitwiseAnd(tf.bitcast(call.dy(1), TInt32.class), tf.constant(0));
    Operand<B> kept = tf.bitcast(call.input(2), bits);
    return tf.bitcast(tf.bitwise.bitwiseOr(kept, tf.dtypes.cast(none, bits)), type);
  }

  /**
   * dx = dy (s + x s') with the s = (1 + tanh(...)) / 2 that was kept, and s' = 2 s (1 - s)
   * sqrt(2/pi) (1 + 3 * 0.044715 x^2), since 1 - t^2 = 4 s (1 - s).
   */
  static List<Operand<?>> tanh(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> s = call.input(2);
    Operand<TNumber> inner =
        tf.math.add(
            tf.math.mul(tf.math.square(x), call.like(x, 6 * CUBIC * SLOPE)),
            call.like(x, 2 * SLOPE));
    Operand<TNumber> rest = tf.math.sub(s, tf.math.square(s));
    return slope(call, tf.math.mul(rest, inner));
  }

  /** phi(x) = exp(-x^2 / 2) / sqrt(2 pi). */
  private static Operand<TFloat32> density(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> e = tf.math.exp(tf.math.mul(tf.math.square(x), tf.constant(-0.5f)));
    return tf.math.mul(e, tf.constant((float) (1 / Math.sqrt(2 * Math.PI))));
  }

  /** dx = dy (s + x s') with the s that was kept. */
  private static List<Operand<?>> slope(OpCall call, Operand<TNumber> derivative) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> slope = tf.math.add(call.input(2), tf.math.mul(x, derivative));
    return call.byFirst(tf.math.mul(call.dy(1), slope));
  }

  private static Operand<TFloat32> erf(Ops tf, Operand<TFloat32> x) {
    return tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
  }

  /** (1 + x) / 2, in [0, 1] for an x in [-1, 1]. */
  private static Operand<TFloat32> toUnitInterval(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> half = tf.constant(0.5f);
    return tf.math.add(tf.math.mul(x, half), half);
  }
}
