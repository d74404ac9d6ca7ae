package dev.loraplus.gradient;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv3d;
import org.tensorflow.op.nn.Conv3dBackpropFilter;
import org.tensorflow.op.nn.Conv3dBackpropInput;
import org.tensorflow.types.family.TNumber;

/**
 * Conv3D and its transpose: volumes [n, depth, height, width, in] and a kernel [d, h, w, in, out].
 */
final class VolumeGradient {
  private VolumeGradient() {}

  /** The two ops that TensorFlow has for it, with the strides and the padding of the product. */
  static List<Operand<?>> of(OpCall call) {
    Ops tf = call.tf();
    var attributes = call.op().attributes();
    List<Long> strides = longs(attributes.getAttrIntList("strides"));
    List<Long> dilations = longs(attributes.getAttrIntList("dilations"));
    String padding = OpCall.text(call.op(), "padding");
    String format = OpCall.text(call.op(), "data_format");
    Operand<TNumber> x = call.input(0);
    Operand<TNumber> kernel = call.input(1);
    return List.of(
        tf.nn.conv3dBackpropInput(
            tf.shape(x),
            kernel,
            call.dy(0),
            strides,
            padding,
            Conv3dBackpropInput.dataFormat(format),
            Conv3dBackpropInput.dilations(dilations)),
        tf.nn.conv3dBackpropFilter(
            x,
            tf.shape(kernel),
            call.dy(0),
            strides,
            padding,
            Conv3dBackpropFilter.dataFormat(format),
            Conv3dBackpropFilter.dilations(dilations)));
  }

  /**
   * The transpose, of the shape that its first input says: y = K^T x, so dx = K dy by a
   * convolution, and dK is that of the convolution with the parts of x and dy exchanged.
   */
  static List<Operand<?>> transposed(OpCall call) {
    Ops tf = call.tf();
    var attributes = call.op().attributes();
    List<Long> strides = longs(attributes.getAttrIntList("strides"));
    List<Long> dilations = longs(attributes.getAttrIntList("dilations"));
    String padding = OpCall.text(call.op(), "padding");
    String format = OpCall.text(call.op(), "data_format");
    Operand<TNumber> kernel = call.input(1);
    return List.of(
        call.none(),
        tf.nn.conv3dBackpropFilter(
            call.dy(0),
            tf.shape(kernel),
            call.input(2),
            strides,
            padding,
            Conv3dBackpropFilter.dataFormat(format),
            Conv3dBackpropFilter.dilations(dilations)),
        tf.nn.conv3d(
            call.dy(0),
            kernel,
            strides,
            padding,
            Conv3d.dataFormat(format),
            Conv3d.dilations(dilations)));
  }

  private static List<Long> longs(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
