package dev.loraplus.graph;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Random tensors that depend on a seed and a name alone, so that the values of one variable do not
 * change with the number or order of the others.
 */
public final class SeededRandom {
  static {
    NativeRuntime.configure();
  }

  private final SplittableRandom random;

  private SeededRandom(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * A source of numbers.
   *
   * @param seed seed of the run
   * @param name name of the variable
   * @return the source
   */
  public static SeededRandom of(long seed, String name) {
    long mixed =
        Hashing.murmur3_128()
            .newHasher()
            .putLong(seed)
            .putString(name, StandardCharsets.UTF_8)
            .hash()
            .asLong();
    return new SeededRandom(mixed);
  }

  /**
   * Numbers of U(-bound, bound).
   *
   * @param shape fully known
   * @param bound half the width
   * @return a tensor that the caller closes
   */
  public TFloat32 uniform(Shape shape, double bound) {
    return fill(shape, () -> (2 * random.nextDouble() - 1) * bound);
  }

  /**
   * Numbers of N(0, deviation^2), by the Box-Muller transform.
   *
   * @param shape fully known
   * @param deviation standard deviation
   * @return a tensor that the caller closes
   */
  public TFloat32 normal(Shape shape, double deviation) {
    return fill(
        shape,
        () -> {
          // z = sqrt(-2 ln u) cos(2 pi v), u in (0, 1]
          double u = 1 - random.nextDouble();
          return deviation
              * Math.sqrt(-2 * StrictMath.log(u))
              * StrictMath.cos(2 * Math.PI * random.nextDouble());
        });
  }

  private static TFloat32 fill(Shape shape, DoubleSupplier numbers) {
    return TFloat32.tensorOf(
        shape,
        tensor ->
            tensor.scalars().forEach(scalar -> scalar.setFloat((float) numbers.getAsDouble())));
  }
}
