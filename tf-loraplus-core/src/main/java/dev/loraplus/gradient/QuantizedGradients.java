package dev.loraplus.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.quantization.FakeQuantWithMinMaxArgsGradient;
import org.tensorflow.op.quantization.FakeQuantWithMinMaxVarsGradient;
import org.tensorflow.op.quantization.FakeQuantWithMinMaxVarsPerChannelGradient;
import org.tensorflow.types.TFloat32;

/**
 * Numbers rounded to those that some bits can hold, as models of quantisation-aware training have
 * them: the derivative passes where the number is within the range.
 */
final class QuantizedGradients {
  private QuantizedGradients() {}

  /** A range by attributes. */
  static List<Operand<?>> fixedRange(OpCall call) {
    GraphOperation op = call.op();
    return List.of(
        call.tf()
            .quantization
            .fakeQuantWithMinMaxArgsGradient(
                number(call.dy(0)),
                number(call.input(0)),
                FakeQuantWithMinMaxArgsGradient.min(op.attributes().getAttrFloat("min")),
                FakeQuantWithMinMaxArgsGradient.max(op.attributes().getAttrFloat("max")),
                FakeQuantWithMinMaxArgsGradient.numBits(call.attribute("num_bits")),
                FakeQuantWithMinMaxArgsGradient.narrowRange(narrow(call))));
  }

  /** A range by inputs; its ends have derivatives too. */
  static List<Operand<?>> range(OpCall call) {
    Ops tf = call.tf();
    var found =
        tf.quantization.fakeQuantWithMinMaxVarsGradient(
            number(call.dy(0)),
            number(call.input(0)),
            number(call.input(1)),
            number(call.input(2)),
            FakeQuantWithMinMaxVarsGradient.numBits(call.attribute("num_bits")),
            FakeQuantWithMinMaxVarsGradient.narrowRange(narrow(call)));
    return List.of(found.backpropsWrtInput(), found.backpropWrtMin(), found.backpropWrtMax());
  }

  /** A range for each place of the last axis. */
  static List<Operand<?>> rangeOfEach(OpCall call) {
    Ops tf = call.tf();
    var found =
        tf.quantization.fakeQuantWithMinMaxVarsPerChannelGradient(
            number(call.dy(0)),
            number(call.input(0)),
            number(call.input(1)),
            number(call.input(2)),
            FakeQuantWithMinMaxVarsPerChannelGradient.numBits(call.attribute("num_bits")),
            FakeQuantWithMinMaxVarsPerChannelGradient.narrowRange(narrow(call)));
    return List.of(found.backpropsWrtInput(), found.backpropWrtMin(), found.backpropWrtMax());
  }

  /** Straight through, whatever the range. */
  static List<Operand<?>> straightThrough(OpCall call) {
    List<Operand<?>> gradients = new ArrayList<>(List.of(call.dy(0)));
    gradients.addAll(Collections.nCopies(call.inputs() - 1, call.none()));
    return gradients;
  }

  private static boolean narrow(OpCall call) {
    return call.op().attributes().getAttrBool("narrow_range");
  }

  /** These ops are of float32 alone. */
  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> number(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }
}
