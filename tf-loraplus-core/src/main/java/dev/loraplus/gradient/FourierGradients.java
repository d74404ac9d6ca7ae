package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Fourier transforms over the last axes, as networks have them that mix tokens with them. With N
 * the size of these axes, d FFT = N IFFT(dy) and d IFFT = FFT(dy) / N.
 */
final class FourierGradients {
  private FourierGradients() {}

  static List<Operand<?>> of(OpCall call) {
    Ops tf = call.tf();
    String type = call.op().type();
    boolean inverse = type.startsWith("I");
    String other = inverse ? type.substring(1) : "I" + type;
    int axes = type.endsWith("2D") ? 2 : type.endsWith("3D") ? 3 : 1;
    Operand<?> transformed = op(tf, other, call.dy(0));
    Operand<TFloat64> size = size(tf, call.input(0), axes);
    Operand<TFloat64> factor = inverse ? tf.math.reciprocal(size) : size;
    Operand<?> scaled =
        tf.scope()
            .opBuilder("Mul", "Mul")
            .addInput(transformed.asOutput())
            .addInput(complex(tf, factor, call.op().attributes().getAttrType("Tcomplex")))
            .build()
            .output(0);
    return List.of(scaled);
  }

  /** By their names: TensorFlow Java has no class for complex numbers. */
  private static Operand<?> op(Ops tf, String type, Operand<?> input) {
    return tf.scope().opBuilder(type, type).addInput(input.asOutput()).build().output(0);
  }

  private static Output<?> complex(Ops tf, Operand<TFloat64> number, DataType type) {
    return tf.scope()
        .opBuilder("Cast", "Cast")
        .addInput(number.asOutput())
        .setAttr("DstT", type)
        .build()
        .output(0);
  }

  /** N, the numbers of a transform. */
  private static Operand<TFloat64> size(Ops tf, Operand<?> x, int axes) {
    Operand<TInt32> shape = tf.shape(OpCall.number(x));
    Operand<TInt32> last =
        tf.stridedSlice(
            tf.reverse(shape, tf.constant(new int[] {0})),
            tf.constant(new int[] {0}),
            tf.constant(new int[] {axes}),
            tf.constant(new int[] {1}));
    return tf.dtypes.cast(tf.prod(last, tf.constant(0)), TFloat64.class);
  }
}
