package dev.loraplus.model;

import com.google.common.hash.Hashing;
import dev.loraplus.gradient.Masked;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

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

  /** With which TensorFlow mixes a seed. */
  private static final long KEY = 0x02461e29_3ec8f720L;

  /** Bits of a float's fraction. */
  private static final int FRACTION = 23;

  private final Ops tf;
  private final Operand<TInt64> randomness;

  Dropout(Ops tf, Operand<TInt64> randomness) {
    this.tf = tf;
    this.randomness = randomness;
  }

  /**
   * y = x * [u >= rate] / (1 - rate), u ~ U[0, 1).
   *
   * <p>With the last 23 of 32 random bits as a number m, u = m / 2^23: the number that TensorFlow's
   * kernels make of them. XLA takes other bits for it, so the bits are compared here.
   *
   * @param shaped of the shape of x, which is what the mask asks it for
   */
  Operand<TFloat32> apply(Operand<TFloat32> x, Operand<TFloat32> shaped, double rate, String site) {
    if (rate == 0) {
      return x;
    }
    long siteId = Hashing.farmHashFingerprint64().hashString(site, StandardCharsets.UTF_8).asLong();
    Operand<TInt64> seed = tf.math.add(randomness, tf.constant(new long[] {siteId, 0}));
    Operand<TInt32> bits = mixed(tf.shape(shaped), seed, TInt32.class);
    Operand<TInt32> m = tf.bitwise.bitwiseAnd(bits, tf.constant((1 << FRACTION) - 1));
    int least = (int) Math.ceil(Math.scalb((double) (float) rate, FRACTION));
    Operand<TFloat32> keep =
        tf.dtypes.cast(tf.math.greaterEqual(m, tf.constant(least)), TFloat32.class);
    return Masked.of(tf, x, tf.math.mul(keep, tf.constant((float) (1 / (1 - rate)))));
  }

  /**
   * Random bits of a seed. Its two numbers are mixed first, as TensorFlow does it with a key of its
   * own: (key, c) = Philox(KEY, seed), bits = Philox(key, (0, c)). XLA mixes otherwise, so it is
   * written out here.
   */
  private <T extends TNumber> Operand<T> mixed(
      Operand<TInt32> shape, Operand<TInt64> seed, Class<T> type) {
    Operand<TInt64> mix =
        philox(tf.constant(new int[] {2}), tf.constant(new long[] {KEY}), seed, TInt64.class);
    Operand<TInt64> key = part(mix, 0);
    Operand<TInt64> counter =
        tf.concat(List.of(tf.constant(new long[] {0}), part(mix, 1)), tf.constant(0));
    return philox(shape, key, counter, type);
  }

  private <T extends TNumber> Operand<T> philox(
      Operand<TInt32> shape, Operand<TInt64> key, Operand<TInt64> counter, Class<T> type) {
    return tf.random.statelessRandomUniformFullIntV2(
        shape, unsigned(key), unsigned(counter), tf.constant(PHILOX), type);
  }

  private Operand<TInt64> part(Operand<TInt64> pair, int index) {
    return tf.slice(pair, tf.constant(new int[] {index}), tf.constant(new int[] {1}));
  }

  /** By its name: TensorFlow Java has no class for the type. */
  private Operand<?> unsigned(Operand<TInt64> signed) {
    return tf.scope()
        .opBuilder("Bitcast", "Bitcast")
        .addInput(signed.asOutput())
        .setAttr("type", DataType.DT_UINT64)
        .build()
        .output(0);
  }
}
