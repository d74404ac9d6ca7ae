package dev.loraplus.adapter;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraInit;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Qr;
import org.tensorflow.op.linalg.Svd;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Factors of a frozen weight that an adapter starts from; the weight that stays is W0 - s B A.
 *
 * @param a A, [r, in]
 * @param b B, [out, r]
 */
public record Factorization(Operand<TFloat32> a, Operand<TFloat32> b) {

  /**
   * The factors of PISSA or OLORA.
   *
   * @param tf builder of the graph
   * @param weight W0, [out, in], of known shape
   * @param settings rank, scaling and init
   * @return A and B
   * @throws ConfigurationException if the init is another one
   */
  public static Factorization of(Ops tf, Operand<TFloat32> weight, LoraSettings settings) {
    if (!settings.init().changesBaseWeight()) {
      throw new ConfigurationException("init: must be PISSA or OLORA, got " + settings.init());
    }
    Builder builder = new Builder(tf, weight, settings);
    return settings.init() == LoraInit.PISSA
        ? builder.principalComponents()
        : builder.orthogonalFactors();
  }

  private record Builder(Ops tf, Operand<TFloat32> weight, LoraSettings settings) {

    /** W0 = U S V^T: A = sqrt(S_r / s) V_r^T, B = U_r sqrt(S_r / s). */
    Factorization principalComponents() {
      // Where the r-th and the next singular value are close, float32 would turn their vectors.
      Svd<TFloat64> svd =
          tf.linalg.svd(tf.dtypes.cast(weight, TFloat64.class), Svd.fullMatrices(false));
      Operand<TFloat32> roots =
          tf.math.sqrt(
              tf.math.div(largest(float32(svd.s())), tf.constant((float) settings.scaling())));
      Operand<TFloat32> vt =
          tf.linalg.transpose(
              firstColumns(float32(svd.v()), side(1)), tf.constant(new int[] {1, 0}));
      return new Factorization(
          tf.math.mul(vt, tf.expandDims(roots, tf.constant(1))),
          tf.math.mul(firstColumns(float32(svd.u()), side(0)), roots));
    }

    /** W0 = Q R: A = the first r rows of R, B = the first r columns of Q. */
    Factorization orthogonalFactors() {
      Qr<TFloat32> qr = tf.linalg.qr(weight, Qr.fullMatrices(false));
      Operand<TFloat32> a =
          tf.slice(
              qr.r(),
              tf.constant(new int[] {0, 0}),
              tf.constant(new int[] {settings.rank(), side(1)}));
      return new Factorization(a, firstColumns(qr.q(), side(0)));
    }

    private int side(int axis) {
      return Math.toIntExact(weight.shape().get(axis));
    }

    private Operand<TFloat32> float32(Operand<TFloat64> values) {
      return tf.dtypes.cast(values, TFloat32.class);
    }

    private Operand<TFloat32> firstColumns(Operand<TFloat32> matrix, int rows) {
      return tf.slice(
          matrix, tf.constant(new int[] {0, 0}), tf.constant(new int[] {rows, settings.rank()}));
    }

    private Operand<TFloat32> largest(Operand<TFloat32> vector) {
      return tf.slice(vector, tf.constant(new int[] {0}), tf.constant(new int[] {settings.rank()}));
    }
  }
}
