package dev.loraplus.adapter;

import dev.loraplus.config.LoraInit;
import dev.loraplus.graph.ResourceVariable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Qr;
import org.tensorflow.op.linalg.Svd;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Starting values that follow from the frozen weight, computed once by ops of the graph after W0
 * has its checkpoint value. As in peft they are computed again when a stored adapter is loaded: its
 * A and B stand beside the weight that the start left behind, W0 - s B A.
 */
final class BaseStart {
  private final Ops tf;
  private final BaseWeight base;
  private final LoraSettings settings;
  private final List<Op> assignments = new ArrayList<>();
  private Operand<TFloat32> a;
  private Operand<TFloat32> b;
  private Operand<TFloat32> adapted;

  private BaseStart(Ops tf, BaseWeight base, LoraSettings settings, LoraLinear lora) {
    this.tf = tf;
    this.base = base;
    this.settings = settings;
    this.a = lora.a().value();
    this.b = lora.b().value();
    this.adapted = base.plus(tf, a, b, settings.scaling());
    if (settings.init().changesBaseWeight()) {
      factorize(lora);
    }
  }

  /** What a plain adapter needs; nothing for most inits. */
  static List<Op> of(Ops tf, BaseWeight base, LoraLinear lora) {
    return lora.settings().init().changesBaseWeight()
        ? new BaseStart(tf, base, lora.settings(), lora).assignments
        : List.of();
  }

  /** The same and the magnitude m = |W0 + s B A| by rows, with which DoRA changes nothing. */
  static List<Op> withMagnitude(
      Ops tf, BaseWeight base, LoraLinear lora, ResourceVariable magnitude) {
    BaseStart start = new BaseStart(tf, base, lora.settings(), lora);
    Operand<TFloat32> norms = base.layout().rowNorms(tf, start.adapted);
    start.assignments.add(tf.assignVariableOp(magnitude.handle(), norms));
    return start.assignments;
  }

  private void factorize(LoraLinear lora) {
    Operand<TFloat32> weight = base.layout().outIn(tf, base.variable().value());
    if (settings.init() == LoraInit.PISSA) {
      principalComponents(weight);
    } else {
      orthogonalFactors(weight);
    }
    Operand<TFloat32> residual = base.minus(tf, a, b, settings.scaling());
    adapted =
        tf.math.add(
            residual,
            tf.math.mul(base.layout().lowRank(tf, a, b), tf.constant((float) settings.scaling())));
    assignments.add(tf.assignVariableOp(lora.a().handle(), a));
    assignments.add(tf.assignVariableOp(lora.b().handle(), b));
    assignments.add(base.variable().assigned(tf, residual));
  }

  /** W0 = U S V^T: A = sqrt(S_r / s) V_r^T, B = U_r sqrt(S_r / s). */
  private void principalComponents(Operand<TFloat32> weight) {
    // Where the r-th and the next singular value are close, float32 would turn their vectors.
    Svd<TFloat64> svd =
        tf.linalg.svd(tf.dtypes.cast(weight, TFloat64.class), Svd.fullMatrices(false));
    Operand<TFloat32> roots =
        tf.math.sqrt(
            tf.math.div(largest(float32(svd.s())), tf.constant((float) settings.scaling())));
    Operand<TFloat32> vt =
        tf.linalg.transpose(
            firstColumns(float32(svd.v()), base.in()), tf.constant(new int[] {1, 0}));
    a = tf.math.mul(vt, tf.expandDims(roots, tf.constant(1)));
    b = tf.math.mul(firstColumns(float32(svd.u()), base.out()), roots);
  }

  /** W0 = Q R: A = the first r rows of R, B = the first r columns of Q. */
  private void orthogonalFactors(Operand<TFloat32> weight) {
    Qr<TFloat32> qr = tf.linalg.qr(weight, Qr.fullMatrices(false));
    a =
        tf.slice(
            qr.r(),
            tf.constant(new int[] {0, 0}),
            tf.constant(new int[] {settings.rank(), base.in()}));
    b = firstColumns(qr.q(), base.out());
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
