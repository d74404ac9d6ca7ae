package dev.loraplus.adapter;

import dev.loraplus.graph.SeededRandom;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A and B that are random, not zero, and have B A = 0. The rows of an orthogonal Q of [r, r] are
 * split into two halves P and O of [r/2, r], for which O P^T = 0:
 *
 * <pre>
 * A = P^T X / 10,  X ~ N(0, 1) of [r/2, in]
 * B = Y O / 10,    Y ~ N(0, 1) of [out, r/2]
 * </pre>
 */
final class OrthogonalStart {
  private static final double SHRINK = 0.1;

  private final double[][] q;
  private final long seed;
  private final String name;

  OrthogonalStart(int rank, long seed, String name) {
    this.seed = seed;
    this.name = name;
    try (TFloat32 random = SeededRandom.of(seed, name + ".q").normal(Shape.of(rank, rank), 1)) {
      double[][] rows = new double[rank][rank];
      random
          .scalars()
          .forEachIndexed((at, scalar) -> rows[(int) at[0]][(int) at[1]] = scalar.getFloat());
      q = orthonormal(rows);
    }
  }

  /** A of [r, in]. */
  TFloat32 a(int in) {
    int rank = q.length;
    try (TFloat32 x = SeededRandom.of(seed, name + ".a").normal(Shape.of(rank / 2, in), SHRINK)) {
      return TFloat32.tensorOf(
          Shape.of(rank, in),
          tensor ->
              tensor
                  .scalars()
                  .forEachIndexed(
                      (at, scalar) -> {
                        double sum = 0;
                        for (int k = 0; k < rank / 2; k++) {
                          sum += q[2 * k][(int) at[0]] * x.getFloat(k, at[1]);
                        }
                        scalar.setFloat((float) sum);
                      }));
    }
  }

  /** B of [out, r]. */
  TFloat32 b(int out) {
    int rank = q.length;
    try (TFloat32 y = SeededRandom.of(seed, name + ".b").normal(Shape.of(out, rank / 2), SHRINK)) {
      return TFloat32.tensorOf(
          Shape.of(out, rank),
          tensor ->
              tensor
                  .scalars()
                  .forEachIndexed(
                      (at, scalar) -> {
                        double sum = 0;
                        for (int k = 0; k < rank / 2; k++) {
                          sum += y.getFloat(at[0], k) * q[2 * k + 1][(int) at[1]];
                        }
                        scalar.setFloat((float) sum);
                      }));
    }
  }

  /** Gram and Schmidt, each projection taken twice, which keeps it orthogonal to rounding. */
  private static double[][] orthonormal(double[][] rows) {
    for (int i = 0; i < rows.length; i++) {
      for (int again = 0; again < 2; again++) {
        for (int j = 0; j < i; j++) {
          double along = dot(rows[i], rows[j]);
          for (int k = 0; k < rows.length; k++) {
            rows[i][k] -= along * rows[j][k];
          }
        }
      }
      double length = Math.sqrt(dot(rows[i], rows[i]));
      for (int k = 0; k < rows.length; k++) {
        rows[i][k] /= length;
      }
    }
    return rows;
  }

  private static double dot(double[] u, double[] v) {
    double sum = 0;
    for (int k = 0; k < u.length; k++) {
      sum += u[k] * v[k];
    }
    return sum;
  }
}
