package dev.loraplus.optimizer;

import dev.loraplus.adapter.LowRankPair;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * LoRA-FA as in peft (arXiv 2308.03303): A is frozen, and B's gradient is that of the product whose
 * step s dB A comes closest to the full gradient of W:
 *
 * <pre>
 * B only: g = 1/s^2 g (A A^T + 1e-8 I)^+
 * m = b1 m + (1 - b1) g
 * v = b2 v + (1 - b2) g^2
 * p = p - eta sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + eps)
 * p = p - eta wd p
 * </pre>
 *
 * <p>The correction stands between the clipping of the gradients and the moments.
 */
final class LoraFaRule implements Rule {
  private static final double RIDGE = 1e-8;

  /** Eigenvalues below this part of the largest, times r, count as 0: float32's precision. */
  private static final double CUTOFF = Math.ulp(1f);

  private final UpdateRule.LoraFa settings;
  private final List<GroupMember> members;
  private final List<Kernels.Moments> moments;

  LoraFaRule(UpdateRule.LoraFa settings, List<GroupMember> members, StateFactory state) {
    this.settings = settings;
    this.members = members;
    this.moments = Kernels.Moments.of(members, state);
  }

  @Override
  public List<StateVariable> state() {
    return moments.stream().flatMap(Kernels.Moments::variables).toList();
  }

  @Override
  public List<Op> update(
      Ops tf,
      StepScalars scalars,
      List<Operand<TFloat32>> gradients,
      List<Operand<TFloat32>> values) {
    AdamScalars shared = AdamScalars.of(tf, scalars, settings.beta1(), settings.beta2());
    Operand<TFloat32> epsilon = tf.constant((float) settings.epsilon());
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      GroupMember member = members.get(i);
      TrainableParameter parameter = member.parameter();
      Kernels kernels = Kernels.of(parameter);
      Kernels.Adam adam = shared.of(member.group(), epsilon);
      Operand<TFloat32> g = gradients.get(i);
      Operand<TFloat32> gradient = parameter.pair().map(p -> corrected(tf, g, p)).orElse(g);
      Ops after = tf.withControlDependencies(values.get(i));
      Op update = kernels.adam(after, parameter, moments.get(i), adam, gradient);
      updates.add(
          member.decays() ? decayed(tf, update, parameter, shared.decay(member.group())) : update);
    }
    return updates;
  }

  /** p = p - decay p, after another update. */
  private static Op decayed(
      Ops tf, Op update, TrainableParameter parameter, Operand<TFloat32> decay) {
    Ops later = tf.withControlDependencies(update);
    Kernels kernels = Kernels.of(parameter);
    Operand<TFloat32> part = later.math.mul(kernels.read(later, parameter), decay);
    return kernels.subtract(later, parameter, part);
  }

  /** g (A A^T + 1e-8 I)^+ / s^2, with the pseudo-inverse V L^+ V^T of V L V^T. */
  private static Operand<TFloat32> corrected(Ops tf, Operand<TFloat32> gradient, LowRankPair pair) {
    Operand<TFloat64> a = tf.dtypes.cast(pair.a(), TFloat64.class);
    int rank = Math.toIntExact(pair.a().shape().get(0));
    double[] ridge = new double[rank];
    Arrays.fill(ridge, RIDGE);
    Operand<TFloat64> gram =
        tf.math.add(
            tf.linalg.matMul(a, a, MatMul.transposeB(true)),
            tf.linalg.tensorDiag(tf.constant(ridge)));
    SelfAdjointEig<TFloat64> eigen = tf.linalg.selfAdjointEig(gram);
    Operand<TFloat64> limit =
        tf.math.mul(tf.reduceMax(eigen.e(), tf.constant(0)), tf.constant(rank * CUTOFF));
    Operand<TFloat64> inverse =
        tf.select(
            tf.math.greater(eigen.e(), limit),
            tf.math.reciprocal(eigen.e()),
            tf.zerosLike(eigen.e()));
    Operand<TFloat64> pseudoInverse =
        tf.linalg.matMul(tf.math.mul(eigen.v(), inverse), eigen.v(), MatMul.transposeB(true));
    Operand<TFloat64> scaled =
        tf.math.mul(pseudoInverse, tf.constant(1 / (pair.scaling() * pair.scaling())));
    return tf.linalg.matMul(gradient, tf.dtypes.cast(scaled, TFloat32.class));
  }
}
