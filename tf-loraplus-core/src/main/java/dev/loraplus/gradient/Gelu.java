package dev.loraplus.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The Gaussian error linear unit y = x Phi(x) (Hendrycks and Gimpel, arXiv 1606.08415), with Phi
 * the normal distribution and phi its density. Its derivative reads x and what stands for Phi(x);
 * put together from elementary ops it would read three more.
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
    Operand<TFloat32> erf = erf(tf, x);
    return HandWritten.GELU.value(tf, x, product(tf, x, erf), List.of(erf));
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
    return product(tf, x, erf(tf, x));
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
    Operand<TFloat32> t = tf.math.tanh(tf.math.mul(inner, tf.constant((float) SLOPE)));
    return HandWritten.GELU_TANH.value(tf, x, product(tf, x, t), List.of(t));
  }

  /**
   * dx = dy (Phi(x) + x phi(x)) with Phi(x) = (1 + e) / 2 of the e = erf(x / sqrt 2) that was kept.
   */
  static List<Operand<?>> exact(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> e = tf.math.exp(tf.math.mul(tf.math.square(x), call.like(x, -0.5)));
    Operand<TNumber> density = tf.math.mul(e, call.like(x, 1 / Math.sqrt(2 * Math.PI)));
    return slope(call, density);
  }

  /**
   * dx = dy (s + x s') with s = (1 + t) / 2 of the t = tanh(...) that was kept, and s' = (1 - t^2)
   * / 2 sqrt(2/pi) (1 + 3 * 0.044715 x^2).
   */
  static List<Operand<?>> tanh(OpCall call) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> t = call.input(2);
    Operand<TNumber> inner =
        tf.math.add(
            tf.math.mul(tf.math.square(x), call.like(x, 1.5 * CUBIC * SLOPE)),
            call.like(x, 0.5 * SLOPE));
    Operand<TNumber> rest = tf.math.sub(call.like(x, 1), tf.math.square(t));
    return slope(call, tf.math.mul(rest, inner));
  }

  /** dx = dy (s + x s') with s = (1 + kept) / 2. */
  private static List<Operand<?>> slope(OpCall call, Operand<TNumber> derivative) {
    Ops tf = call.tf();
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> half = call.like(x, 0.5);
    Operand<TNumber> s = tf.math.add(tf.math.mul(call.input(2), half), half);
    Operand<TNumber> slope = tf.math.add(s, tf.math.mul(x, derivative));
    List<Operand<?>> all = new ArrayList<>(Collections.nCopies(call.inputs(), call.none()));
    all.set(0, tf.math.mul(call.dy(1), slope));
    return all;
  }

  private static Operand<TFloat32> erf(Ops tf, Operand<TFloat32> x) {
    return tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
  }

  /** x/2 (1 + s). */
  private static Operand<TFloat32> product(Ops tf, Operand<TFloat32> x, Operand<TFloat32> s) {
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(s, tf.constant(1f)));
  }
}
