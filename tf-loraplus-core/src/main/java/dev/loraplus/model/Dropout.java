package dev.loraplus.model;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Dropout whose mask is a function of (seed, step, site): a resumed run repeats the uninterrupted
 * one, and adding a site leaves the masks of the others alone.
 */
final class Dropout {
  /**
   * Number of the algorithm. One that TensorFlow chooses, as its first op for random numbers does,
   * is not compiled, and would cut the compiled step in two at every mask.
   */
  private static final int PHILOX = 1;

  private final Ops tf;
  private final Operand<TInt64> randomness;

  Dropout(Ops tf, Operand<TInt64> randomness) {
    this.tf = tf;
    this.randomness = randomness;
  }

  /**
   * y = x * [u >= rate] / (1 - rate), u ~ U[0, 1): of 32 bits as they are, u = 0.5 + bits / 2^32.
   */
  Operand<TFloat32> apply(Operand<TFloat32> x, double rate, String site) {
    if (rate == 0) {
      return x;
    }
    long siteId = Hashing.farmHashFingerprint64().hashString(site, StandardCharsets.UTF_8).asLong();
    Operand<TInt32> bits =
        tf.random.statelessRandomUniformFullIntV2(
            tf.shape(x),
            unsigned(key(siteId)),
            unsigned(counter()),
            tf.constant(PHILOX),
            TInt32.class);
    Operand<TFloat32> keep =
        tf.dtypes.cast(tf.math.greaterEqual(bits, tf.constant(threshold(rate))), TFloat32.class);
    return tf.math.mul(x, tf.math.mul(keep, tf.constant((float) (1 / (1 - rate)))));
  }

  private static int threshold(double rate) {
    return (int) Math.round(Math.scalb(rate - 0.5, Integer.SIZE));
  }

  /** seed + site, [1]. */
  private Operand<TInt64> key(long siteId) {
    return tf.math.add(part(0), tf.constant(new long[] {siteId}));
  }

  /** (0, step): the numbers of a mask are counted by the first. */
  private Operand<TInt64> counter() {
    return tf.concat(List.of(tf.constant(new long[] {0}), part(1)), tf.constant(0));
  }

  private Operand<TInt64> part(int index) {
    return tf.slice(randomness, tf.constant(new int[] {index}), tf.constant(new int[] {1}));
  }

  /** By its name: TensorFlow Java has no class for the type. */
  private Operand<?> unsigned(Operand<TInt64> signed) {
    Scope scope = tf.scope();
    return scope
        .env()
        .opBuilder("Bitcast", scope.makeOpName("Bitcast"), scope)
        .addInput(signed.asOutput())
        .setAttr("type", DataType.DT_UINT64)
        .build()
        .output(0);
  }
}
