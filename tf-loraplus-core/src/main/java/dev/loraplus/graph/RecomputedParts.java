package dev.loraplus.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The parts of one forward pass whose insides are not kept: the backward pass builds them once
 * more, from their inputs. They form a chain, in which what comes after a part sees nothing before
 * it but its output.
 */
public final class RecomputedParts {
  private final List<Part> parts = new ArrayList<>();

  /**
   * A part.
   *
   * @param input what it is computed from, kept until the backward pass
   * @param inside its result, with the insides behind it
   * @param output the same without a gradient, so that the gradient of what comes later ends here
   * @param function builds it; called a second time for the backward pass
   */
  public record Part(
      Operand<TFloat32> input,
      Operand<TFloat32> inside,
      Operand<TFloat32> output,
      UnaryOperator<Operand<TFloat32>> function) {

    /**
     * Builds the part once more.
     *
     * @param tf builder of the graph
     * @param gradient of the loss by the part's output; nothing is computed before it is there
     * @return the second copy
     */
    public Copy copy(Ops tf, Operand<TFloat32> gradient) {
      // x + min(|g|, 0) for one number g of the gradient: x itself, after the gradient. Without the
      // dependency all copies would be computed at once, and a compiler that sees equal ops on
      // equal inputs would compute them once and keep the result.
      Operand<TFloat32> first =
          tf.slice(
              tf.reshape(gradient, tf.constant(new int[] {-1})),
              tf.constant(new int[] {0}),
              tf.constant(new int[] {1}));
      Operand<TFloat32> zero = tf.math.minimum(tf.math.abs(first), tf.constant(new float[] {0}));
      Operand<TFloat32> later = tf.math.add(input, tf.stopGradient(zero));
      return new Copy(later, function.apply(later));
    }
  }

  /**
   * A part that was built for the backward pass.
   *
   * @param input equal to the part's input
   * @param output equal to its output
   */
  public record Copy(Operand<TFloat32> input, Operand<TFloat32> output) {}

  /** A pass without such parts, so far. */
  public RecomputedParts() {}

  /**
   * Builds a part.
   *
   * @param tf builder of the graph
   * @param x what it is computed from; nothing else in it may lead back to an earlier part
   * @param function builds it
   * @return its output
   */
  public Operand<TFloat32> add(
      Ops tf, Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> function) {
    Operand<TFloat32> inside = function.apply(x);
    Part part = new Part(x, inside, tf.stopGradient(inside), function);
    parts.add(part);
    return part.output();
  }

  /**
   * All parts, from the input of the network on.
   *
   * @return a copy
   */
  public List<Part> all() {
    return List.copyOf(parts);
  }
}
