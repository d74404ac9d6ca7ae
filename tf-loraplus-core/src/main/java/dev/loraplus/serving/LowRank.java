package dev.loraplus.serving;

import dev.loraplus.config.ConfigurationException;
import java.util.List;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Svd;
import org.tensorflow.types.TFloat32;

/**
 * c B A.
 *
 * @param rank r
 * @param a A, [r, in]
 * @param b B, [out, r]
 * @param factor c
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LowRank(int rank, float[] a, float[] b, double factor) {
  /** One of factor 1 for the sum of all; an SVD has the given rank, or the matrix's if smaller. */
  static LowRank combine(String path, List<LowRank> pairs, Combination combination, int svdRank) {
    return switch (combination) {
      case LINEAR -> linear(path, pairs);
      case CAT -> cat(pairs);
      case SVD -> svd(pairs, svdRank);
    };
  }

  private static LowRank linear(String path, List<LowRank> pairs) {
    int rank = pairs.get(0).rank();
    float[] a = new float[pairs.get(0).a().length];
    float[] b = new float[pairs.get(0).b().length];
    for (LowRank pair : pairs) {
      if (pair.rank() != rank) {
        throw new ConfigurationException(
            String.format(
                "%s: the ranks must be equal for LINEAR, got %d and %d; use CAT or SVD",
                path, rank, pair.rank()));
      }
      double root = Math.sqrt(Math.abs(pair.factor()));
      addTo(a, Math.signum(pair.factor()) * root, pair.a());
      addTo(b, root, pair.b());
    }
    return new LowRank(rank, a, b, 1);
  }

  private static void addTo(float[] sum, double factor, float[] numbers) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) (factor * numbers[i]);
    }
  }

  private static LowRank cat(List<LowRank> pairs) {
    int rank = pairs.stream().mapToInt(LowRank::rank).sum();
    int in = pairs.get(0).a().length / pairs.get(0).rank();
    int out = pairs.get(0).b().length / pairs.get(0).rank();
    float[] a = new float[rank * in];
    float[] b = new float[out * rank];
    int from = 0;
    for (LowRank pair : pairs) {
      float[] scaled = Floats.scaled(pair.a(), pair.factor());
      System.arraycopy(scaled, 0, a, from * in, scaled.length);
      for (int row = 0; row < out; row++) {
        System.arraycopy(pair.b(), row * pair.rank(), b, row * rank + from, pair.rank());
      }
      from += pair.rank();
    }
    return new LowRank(rank, a, b, 1);
  }

  private static LowRank svd(List<LowRank> pairs, int wanted) {
    LowRank all = cat(pairs);
    int in = all.a().length / all.rank();
    int out = all.b().length / all.rank();
    int rank = Math.min(wanted, Math.min(in, out));
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      Operand<TFloat32> sum =
          tf.linalg.matMul(
              tf.constant(Shape.of(out, all.rank()), DataBuffers.of(all.b())),
              tf.constant(Shape.of(all.rank(), in), DataBuffers.of(all.a())));
      Svd<TFloat32> parts = tf.linalg.svd(sum);
      int[] corner = {0, 0};
      Operand<TFloat32> u =
          tf.slice(parts.u(), tf.constant(corner), tf.constant(new int[] {out, rank}));
      Operand<TFloat32> s =
          tf.slice(parts.s(), tf.constant(new int[] {0}), tf.constant(new int[] {rank}));
      Operand<TFloat32> v =
          tf.slice(parts.v(), tf.constant(corner), tf.constant(new int[] {in, rank}));
      Operand<TFloat32> a = tf.linalg.transpose(v, tf.constant(new int[] {1, 0}));
      return new LowRank(
          rank,
          BaseNumbers.numbers(a.asTensor()),
          BaseNumbers.numbers(tf.math.mul(u, s).asTensor()),
          1);
    }
  }
}
