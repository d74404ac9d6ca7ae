package dev.loraplus.gradient;

import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.quantization.FakeQuantWithMinMaxArgsGradient;
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

  /**
   * A range by inputs, whose ends have derivatives too: one range, or one for each place of the
   * last axis. The op of the derivatives has the op's own name and "Gradient".
   */
  static List<Operand<?>> range(OpCall call) {
    String type = call.op().type() + "Gradient";
    Operation found =
        call.tf()
            .scope()
            .opBuilder(type, type)
            .addInput(call.dy(0).asOutput())
            .addInput(call.input(0).asOutput())
            .addInput(call.input(1).asOutput())
            .addInput(call.input(2).asOutput())
            .setAttr("num_bits", call.attribute("num_bits"))
            .setAttr("narrow_range", narrow(call))
            .build();
    return List.of(found.output(0), found.output(1), found.output(2));
  }

  /** Straight through, whatever the range. */
  static List<Operand<?>> straightThrough(OpCall call) {
    return call.byFirst(call.dy(0));
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
