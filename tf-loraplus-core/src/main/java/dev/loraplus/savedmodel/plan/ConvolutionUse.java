package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.TensorName;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TFloat32;

/**
 * Conv2D, also as Conv1D over images of height 1: A is a convolution to r channels like the
 * kernel's, B one of size 1 x 1.
 *
 * @param node the convolution
 * @param input x
 * @param view the kernel as a matrix
 * @param window sizes of the kernel as the op takes it: height, width, channels
 * @param options strides, padding and the like
 */
record ConvolutionUse(
    String node, TensorName input, KernelView view, List<Long> window, Options options)
    implements KernelUse {
  /**
   * The op's attributes.
   *
   * @param strides by axis
   * @param padding SAME, VALID or EXPLICIT
   * @param explicitPaddings by axis, for EXPLICIT
   * @param dilations by axis
   * @param dataFormat NHWC or NCHW
   */
  record Options(
      List<Long> strides,
      String padding,
      List<Long> explicitPaddings,
      List<Long> dilations,
      String dataFormat) {}

  @Override
  public String op() {
    return "Conv2D";
  }

  @Override
  public Operand<TFloat32> delta(Ops tf, Factors factors, Operand<TFloat32> x) {
    long rank = factors.a().shape().get(0);
    long[] filter = {window.get(0), window.get(1), window.get(2), rank};
    Operand<TFloat32> a = tf.reshape(turned(tf, factors.a()), tf.constant(filter));
    Operand<TFloat32> narrow =
        tf.nn.conv2d(
            x,
            a,
            options.strides(),
            options.padding(),
            Conv2d.explicitPaddings(options.explicitPaddings()),
            Conv2d.dilations(options.dilations()),
            Conv2d.dataFormat(options.dataFormat()));
    long[] point = {1, 1, rank, view.outSize()};
    Operand<TFloat32> b = tf.reshape(turned(tf, factors.b()), tf.constant(point));
    return tf.nn.conv2d(
        KernelUse.scaled(tf, narrow, factors),
        b,
        List.of(1L, 1L, 1L, 1L),
        "VALID",
        Conv2d.dataFormat(options.dataFormat()));
  }

  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> matrix) {
    return tf.linalg.transpose(matrix, tf.constant(new int[] {1, 0}));
  }
}
