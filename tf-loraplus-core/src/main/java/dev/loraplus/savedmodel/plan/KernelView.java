package dev.loraplus.savedmodel.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * A kernel of any rank as a matrix: which of its axes are summed over with the input, and which
 * give the output. The kernel of a convolution, [height, width, in, out], has the input axes 0, 1
 * and 2.
 *
 * @param shape sizes of the kernel's axes
 * @param in axes of the input, in the order in which A numbers them
 * @param out axes of the output, in the order in which B numbers them
 */
public record KernelView(List<Long> shape, List<Integer> in, List<Integer> out) {

  /**
   * Copies the lists.
   *
   * @param shape sizes of the kernel's axes
   * @param in axes of the input
   * @param out axes of the output
   */
  public KernelView {
    shape = List.copyOf(shape);
    in = List.copyOf(in);
    out = List.copyOf(out);
  }

  /**
   * Features of the input.
   *
   * @return columns of A
   */
  public int inSize() {
    return size(in);
  }

  /**
   * Features of the output.
   *
   * @return rows of B
   */
  public int outSize() {
    return size(out);
  }

  /**
   * What the adapter adds to the kernel, s B A in the kernel's own shape.
   *
   * @param tf builder of the graph
   * @param factors A, B and s
   * @return a tensor of the kernel's shape
   */
  public Operand<TFloat32> delta(Ops tf, Factors factors) {
    // (B A)^T = A^T B^T, [in, out]
    Operand<TFloat32> product =
        tf.linalg.matMul(
            factors.a(), factors.b(), MatMul.transposeA(true), MatMul.transposeB(true));
    Operand<TFloat32> scaled = tf.math.mul(product, factors.scaling());
    List<Integer> order = new ArrayList<>(in);
    order.addAll(out);
    Operand<TFloat32> unfolded = tf.reshape(scaled, tf.constant(sizes(order)));
    int[] places = new int[order.size()];
    boolean inOrder = true;
    for (int axis = 0; axis < places.length; axis++) {
      places[axis] = order.indexOf(axis);
      inOrder &= places[axis] == axis;
    }
    return inOrder ? unfolded : tf.linalg.transpose(unfolded, tf.constant(places));
  }

  /** Sizes of some axes. */
  long[] sizes(List<Integer> axes) {
    return axes.stream().mapToLong(shape::get).toArray();
  }

  private int size(List<Integer> axes) {
    return Math.toIntExact(LongStream.of(sizes(axes)).reduce(1, Math::multiplyExact));
  }
}
