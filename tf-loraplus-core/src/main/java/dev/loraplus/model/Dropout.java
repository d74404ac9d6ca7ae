package dev.loraplus.model;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Dropout whose mask is a function of (seed, step, site): a resumed run repeats the uninterrupted
 * one, and adding a site leaves the masks of the others alone.
 */
final class Dropout {
  private final Ops tf;
  private final Operand<TInt64> randomness;

  Dropout(Ops tf, Operand<TInt64> randomness) {
    this.tf = tf;
    this.randomness = randomness;
  }

  /** y = x * [u >= rate] / (1 - rate), u ~ U[0, 1). */
  Operand<TFloat32> apply(Operand<TFloat32> x, double rate, String site) {
    if (rate == 0) {
      return x;
    }
    long siteId = Hashing.farmHashFingerprint64().hashString(site, StandardCharsets.UTF_8).asLong();
    Operand<TInt64> seed = tf.math.add(randomness, tf.constant(new long[] {siteId, 0}));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(x), seed);
    Operand<TFloat32> keep =
        tf.dtypes.cast(tf.math.greaterEqual(uniform, tf.constant((float) rate)), TFloat32.class);
    return tf.math.mul(x, tf.math.mul(keep, tf.constant((float) (1 / (1 - rate)))));
  }
}
