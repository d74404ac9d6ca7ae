package dev.loraplus.benchmarks;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.Precision;
import dev.loraplus.graph.Gpus;
import dev.loraplus.graph.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** How fast this process multiplies large matrices: the best of some runs of products in a row. */
final class GemmPeak {
  private static final int ON_CPU = 2048;
  private static final int ON_GPU = 8192;
  private static final int PRODUCTS = 4;
  private static final int RUNS = 4;

  private GemmPeak() {}

  /** GFLOP/s in a precision. */
  static double measured(Precision precision) {
    int size = Gpus.present() ? ON_GPU : ON_CPU;
    return precision == Precision.BFLOAT16
        ? measured(size, TBfloat16.class)
        : measured(size, TFloat32.class);
  }

  private static <T extends TNumber> double measured(int size, Class<T> type) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      // Of variance 1 / size, so that products keep the size of their factors.
      Operand<TFloat32> random =
          tf.math.div(
              tf.random.randomStandardNormal(tf.constant(new int[] {size, size}), TFloat32.class),
              tf.constant((float) Math.sqrt(size)));
      Operand<T> value = tf.dtypes.cast(random, type);
      Operand<T> factor = tf.variable(value);
      Operand<T> product = factor;
      for (int i = 0; i < PRODUCTS; i++) {
        product = tf.linalg.matMul(product, factor);
      }
      // A number of the result, so that a GPU is waited for.
      Operand<TFloat32> seen =
          tf.dtypes.cast(
              tf.slice(product, tf.constant(new int[] {0, 0}), tf.constant(new int[] {1, 1})),
              TFloat32.class);
      try (Session session = Sessions.open(graph, Compilation.NONE)) {
        session.initialize();
        double best = Double.POSITIVE_INFINITY;
        for (int run = 0; run < RUNS; run++) {
          long begun = System.nanoTime();
          session.runner().fetch(seen).run().close();
          best = Math.min(best, (System.nanoTime() - begun) / 1e9);
        }
        return 2e-9 * PRODUCTS * size * size * size / best;
      }
    }
  }
}
