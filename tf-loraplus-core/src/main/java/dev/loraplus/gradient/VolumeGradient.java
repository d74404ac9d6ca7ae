package dev.loraplus.gradient;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv3d;
import org.tensorflow.op.nn.Conv3dBackpropFilter;
import org.tensorflow.op.nn.Conv3dBackpropInput;
import org.tensorflow.types.family.TNumber;

/**
 * Conv3D and its transpose: volumes [n, depth, height, width, in] and a kernel [d, h, w, in, out].
 * The ops of their gradients have the attributes of the op itself.
 */
record VolumeGradient(
    Ops tf, List<Long> strides, List<Long> dilations, String padding, String format) {

  /** The two ops that TensorFlow has for it. */
  static List<Operand<?>> of(OpCall call) {
    VolumeGradient gradient = as(call);
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> kernel = call.input(1);
    return List.of(
        gradient.byInput(x, kernel, call.dy(0)), gradient.byKernel(x, kernel, call.dy(0)));
  }

  /**
   * The transpose, of the shape that its first input says: y = K^T x, so dx = K dy by a
   * convolution, and dK is that of the convolution with the parts of x and dy exchanged.
   */
  static List<Operand<?>> transposed(OpCall call) {
    VolumeGradient gradient = as(call);
    Operand<TNumber> kernel = call.input(1);
    return List.of(
        call.none(),
        gradient.byKernel(call.dy(0), kernel, call.input(2)),
        gradient.convolved(call.dy(0), kernel));
  }

  private static VolumeGradient as(OpCall call) {
    GraphOperation op = call.op();
    return new VolumeGradient(
        call.tf(),
        longs(op.attributes().getAttrIntList("strides")),
        longs(op.attributes().getAttrIntList("dilations")),
        OpCall.text(op, "padding"),
        OpCall.text(op, "data_format"));
  }

  private Operand<TNumber> byInput(
      Operand<TNumber> x, Operand<TNumber> kernel, Operand<TNumber> dy) {
    return tf.nn.conv3dBackpropInput(
        tf.shape(x),
        kernel,
        dy,
        strides,
        padding,
        Conv3dBackpropInput.dataFormat(format),
        Conv3dBackpropInput.dilations(dilations));
  }

  private Operand<TNumber> byKernel(
      Operand<TNumber> x, Operand<TNumber> kernel, Operand<TNumber> dy) {
    return tf.nn.conv3dBackpropFilter(
        x,
        tf.shape(kernel),
        dy,
        strides,
        padding,
        Conv3dBackpropFilter.dataFormat(format),
        Conv3dBackpropFilter.dilations(dilations));
  }

  private Operand<TNumber> convolved(Operand<TNumber> x, Operand<TNumber> kernel) {
    return tf.nn.conv3d(
        x, kernel, strides, padding, Conv3d.dataFormat(format), Conv3d.dilations(dilations));
  }

  private static List<Long> longs(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
