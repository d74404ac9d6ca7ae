package dev.loraplus.generation;

import com.google.common.hash.Hashing;
import dev.loraplus.generation.Decoding.Sampling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Draws tokens. */
final class SampledToken implements TokenSearch.Choice {
  private final Sampling sampling;

  SampledToken(Sampling sampling) {
    this.sampling = sampling;
  }

  @Override
  public int choose(double[] logits, int prompt, int position) {
    double[] probabilities = distribution(sampling, logits);
    double left = uniform(prompt, position);
    int last = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        last = i;
        left -= probabilities[i];
        if (left < 0) {
          return i;
        }
      }
    }
    // Probabilities may sum to a little less than 1.
    return last;
  }

  /**
   * p = softmax(logits / temperature), then only the k highest logits, with all that equal the last
   * of them, then only tokens before which, from the most likely on, there is less than p of
   * probability; each time over what is left. The order is transformers'.
   */
  static double[] distribution(Sampling sampling, double[] logits) {
    Integer[] order = descending(logits);
    double top = logits[order[0]];
    double cut = Double.NEGATIVE_INFINITY;
    if (sampling.topK() > 0 && sampling.topK() < logits.length) {
      cut = logits[order[sampling.topK() - 1]];
    }
    double[] weights = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      weights[i] = logits[i] < cut ? 0 : Math.exp((logits[i] - top) / sampling.temperature());
    }
    double sum = Arrays.stream(weights).sum();
    double before = 0;
    for (int i : order) {
      if (sampling.topP() < 1 && before >= sampling.topP() * sum) {
        weights[i] = 0;
      }
      before += weights[i];
    }
    double kept = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / kept).toArray();
  }

  private static Integer[] descending(double[] logits) {
    Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> logits[i]).reversed());
    return order;
  }

  /** In [0, 1), of 53 bits. */
  private double uniform(int prompt, int position) {
    long bits =
        Hashing.murmur3_128()
            .newHasher()
            .putLong(sampling.seed())
            .putInt(prompt)
            .putInt(position)
            .hash()
            .asLong();
    return (bits >>> 11) * 0x1.0p-53;
  }
}
