package dev.loraplus.savedmodel.plan;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
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
    Operand<TFloat32> unfolded = tf.reshape(scaled, tf.constant(sizes(order())));
    return turned(tf, unfolded, IntStream.range(0, shape.size()).map(order()::indexOf).toArray());
  }

  /**
   * The kernel as [out, in].
   *
   * @param tf builder of the graph
   * @param kernel of the kernel's own shape
   * @return the matrix
   */
  public Operand<TFloat32> matrix(Ops tf, Operand<TFloat32> kernel) {
    Operand<TFloat32> folded =
        tf.reshape(turned(tf, kernel, places()), tf.constant(new int[] {inSize(), outSize()}));
    return tf.linalg.transpose(folded, tf.constant(new int[] {1, 0}));
  }

  /**
   * |W[o, :]| for every output.
   *
   * @param tf builder of the graph
   * @param kernel of the kernel's own shape
   * @return [out]
   */
  public Operand<TFloat32> norms(Ops tf, Operand<TFloat32> kernel) {
    Operand<TFloat32> squares =
        tf.sum(
            tf.math.square(kernel),
            tf.constant(in.stream().mapToInt(Integer::intValue).toArray()),
            Sum.keepDims(true));
    return tf.reshape(
        turned(tf, tf.math.sqrt(squares), places()), tf.constant(new int[] {outSize()}));
  }

  /**
   * A number for each output, to multiply the kernel with.
   *
   * @param tf builder of the graph
   * @param numbers [out]
   * @return of the kernel's shape, with 1 for the sizes of the input's axes
   */
  public Operand<TFloat32> spread(Ops tf, Operand<TFloat32> numbers) {
    long[] sizes = sizes(order());
    Arrays.fill(sizes, 0, in.size(), 1);
    Operand<TFloat32> unfolded = tf.reshape(numbers, tf.constant(sizes));
    return turned(tf, unfolded, IntStream.range(0, shape.size()).map(order()::indexOf).toArray());
  }

  /** The input's axes and then the output's. */
  private List<Integer> order() {
    return Stream.concat(in.stream(), out.stream()).toList();
  }

  private int[] places() {
    return order().stream().mapToInt(Integer::intValue).toArray();
  }

  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> tensor, int[] places) {
    return IntStream.range(0, places.length).allMatch(axis -> places[axis] == axis)
        ? tensor
        : tf.linalg.transpose(tensor, tf.constant(places));
  }

  /** Sizes of some axes. */
  long[] sizes(List<Integer> axes) {
    return axes.stream().mapToLong(shape::get).toArray();
  }

  private int size(List<Integer> axes) {
    return Math.toIntExact(LongStream.of(sizes(axes)).reduce(1, Math::multiplyExact));
  }
}
