package dev.loraplus.savedmodel.adapt;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Dropout before A. One graph both trains and predicts: a switch that is 0 unless it is fed leaves
 * every number as it is. The mask is a function of what is fed and of the site.
 */
final class InputDropout {
  /** Name of the op that takes 1 to train. */
  static final String TRAINING = "training";

  /** Name of the op that takes two numbers that decide the masks. */
  static final String RANDOMNESS = "randomness";

  private final Ops tf;
  private final Operand<TFloat32> training;
  private final Operand<TInt64> randomness;

  InputDropout(Ops tf) {
    this.tf = tf;
    training = tf.withName(TRAINING).placeholderWithDefault(tf.constant(0f), Shape.scalar());
    randomness =
        tf.withName(RANDOMNESS).placeholderWithDefault(tf.constant(new long[] {0, 0}), Shape.of(2));
  }

  /** y = x [u >= p] / (1 - p), u ~ U[0, 1), with p = 0 outside training. */
  Operand<TFloat32> apply(Operand<TFloat32> x, double rate, String site) {
    long siteId = Hashing.farmHashFingerprint64().hashString(site, StandardCharsets.UTF_8).asLong();
    Operand<TInt64> seed = tf.math.add(randomness, tf.constant(new long[] {siteId, 0}));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(x), seed);
    Operand<TFloat32> p = tf.math.mul(training, tf.constant((float) rate));
    Operand<TFloat32> keep = tf.dtypes.cast(tf.math.greaterEqual(uniform, p), TFloat32.class);
    return tf.math.mul(x, tf.math.div(keep, tf.math.sub(tf.constant(1f), p)));
  }
}
