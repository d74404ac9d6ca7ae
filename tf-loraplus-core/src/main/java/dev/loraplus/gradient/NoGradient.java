package dev.loraplus.gradient;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The value by which TensorFlow says that an input has no derivative: an output of no op. Java has
 * no constructor for it, but gets one where a path stops.
 */
final class NoGradient {
  private static final Output<?> NONE = make();

  private NoGradient() {}

  static Operand<?> operand() {
    return NONE;
  }

  private static Output<?> make() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(1f);
      Operand<TFloat32> stopped = tf.stopGradient(x);
      return graph.addGradients(stopped.asOutput(), new Output<?>[] {x.asOutput()})[0];
    }
  }
}
