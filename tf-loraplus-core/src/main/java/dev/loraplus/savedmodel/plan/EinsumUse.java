package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Einsum of x and a kernel, such as {@code abc,cde->abde}, whose kernel is summed over c.
 *
 * @param node the product
 * @param input x
 * @param view the kernel as a matrix
 * @param labels the equation's parts
 * @param sizes sizes of the kernel's labels, those of the input and those of the output
 */
record EinsumUse(String node, TensorName input, KernelView view, Labels labels, Sizes sizes)
    implements KernelUse {
  /**
   * Parts of the equation.
   *
   * @param x labels of the input, maybe with an ellipsis
   * @param summed labels that x and the kernel share
   * @param made labels that only kernel and result have
   * @param result labels of the result
   * @param rank a label that the equation does not use
   */
  record Labels(String x, String summed, String made, String result, char rank) {}

  /** Sizes of the summed labels and of the made ones. */
  record Sizes(List<Long> summed, List<Long> made) {}

  @Override
  public String op() {
    return "Einsum";
  }

  @Override
  public Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> x) {
    long rank = factors.a().shape().get(0);
    long[] aShape = LongStream.concat(LongStream.of(rank), longs(sizes.summed())).toArray();
    long[] bShape = LongStream.concat(longs(sizes.made()), LongStream.of(rank)).toArray();
    String rest = x(false) + labels.rank();
    // abc,rc->abr, then abr,der->abde
    Operand<TFloat32> narrow =
        tf.linalg.einsum(
            List.of(x, tf.reshape(factors.a(), tf.constant(aShape))),
            labels.x() + "," + labels.rank() + labels.summed() + "->" + rest);
    return tf.linalg.einsum(
        List.of(
            KernelUse.scaled(tf, narrow, factors), tf.reshape(factors.b(), tf.constant(bShape))),
        rest + "," + labels.made() + labels.rank() + "->" + labels.result());
  }

  /** Labels of x, with or without those that are summed over. */
  private String x(boolean summed) {
    StringBuilder kept = new StringBuilder();
    labels
        .x()
        .chars()
        .filter(label -> summed || labels.summed().indexOf(label) < 0)
        .forEach(label -> kept.append((char) label));
    return kept.toString();
  }

  private static LongStream longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue);
  }
}
