package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * SparseSoftmaxCrossEntropyWithLogits: of logits z [n, c] and labels [n] it gives the losses [n]
 * and, as second output, their slopes p - onehot(label), with p = softmax(z).
 */
final class CrossEntropyGradient {
  private CrossEntropyGradient() {}

  /**
   * dz = dy_0 (p - onehot), and where the slopes are differentiated too, (dy_1 - sum(dy_1 p)) p.
   */
  static List<Operand<?>> of(OpCall call) {
    var tf = call.tf();
    Operand<TNumber> last = OpCall.number(tf.constant(-1));
    Operand<TNumber> gradient = tf.math.mul(tf.expandDims(call.dy(0), last), call.output(1));
    if (!call.isZero(1)) {
      Operand<TNumber> p = OpCall.number(tf.nn.softmax(call.input(0)));
      Operand<TNumber> dy = call.dy(1);
      Operand<TNumber> mean = tf.expandDims(tf.sum(tf.math.mul(dy, p), last), last);
      gradient = tf.math.add(gradient, tf.math.mul(tf.math.sub(dy, mean), p));
    }
    return call.byFirst(gradient);
  }
}
