package dev.loraplus.data.batch;

import java.util.SplittableRandom;

/**
 * Random orders that are fixed for all time by a seed and an epoch.
 *
 * <p>Only {@link SplittableRandom#nextLong} is used, which is SplitMix64 (Steele, Lea and Flood:
 * Fast Splittable Pseudorandom Number Generators, OOPSLA 2014); how the JDK draws bounded numbers
 * may change. A test holds it to the published sequence.
 */
final class Shuffle {
  private final SplittableRandom random;

  /** Starts the sequence of (seed, epoch). */
  Shuffle(long seed, int epoch) {
    // Mixed twice: plain sums would give neighbouring seeds overlapping sequences.
    this.random = new SplittableRandom(first(first(seed) + epoch));
  }

  /** Fisher-Yates: for i = n - 1 down to 1 swap elements i and j, j uniform in [0, i]. */
  void apply(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }

  /** The numbers from 0 to n - 1 in random order. */
  int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    apply(order);
    return order;
  }

  /**
   * A uniform number below a bound: r mod bound of 63 random bits r, drawn anew where r lies in the
   * last, incomplete run of the bound.
   */
  private int below(int bound) {
    long limit = Long.MAX_VALUE - (Long.MAX_VALUE % bound + 1) % bound;
    long bits = random.nextLong() >>> 1;
    while (bits > limit) {
      bits = random.nextLong() >>> 1;
    }
    return (int) (bits % bound);
  }

  private static long first(long seed) {
    return new SplittableRandom(seed).nextLong();
  }
}
