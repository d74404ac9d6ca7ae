package dev.loraplus.training;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.tensorflow.types.TFloat32;

/** Probabilities of logits. */
final class Softmax {
  private Softmax() {}

  /**
   * The likeliest of a row, p_j = exp(z_j - max z) / sum_k exp(z_k - max z), in double precision;
   * of equal ones the first.
   */
  static List<Prediction.Candidate> likeliest(
      TFloat32 logits, int row, int most, IntFunction<String> name) {
    double[] z =
        IntStream.range(0, (int) logits.shape().get(1))
            .mapToDouble(j -> logits.getFloat(row, j))
            .toArray();
    double max = IntStream.range(0, z.length).mapToDouble(j -> z[j]).max().orElseThrow();
    double sum = IntStream.range(0, z.length).mapToDouble(j -> Math.exp(z[j] - max)).sum();
    return IntStream.range(0, z.length)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -z[j]))
        .limit(most)
        .map(j -> new Prediction.Candidate(name.apply(j), Math.exp(z[j] - max) / sum))
        .toList();
  }
}
