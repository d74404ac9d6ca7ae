package dev.loraplus.gradient;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;

/** Ops that give their inputs on unchanged. */
final class PassingGradients {
  private PassingGradients() {}

  /** df/dx = 1. */
  static List<Operand<?>> one(OpCall call) {
    return List.of(call.dy(0));
  }

  /** Input i is output i. */
  static List<Operand<?>> each(OpCall call) {
    List<Operand<?>> gradients = new ArrayList<>();
    for (int i = 0; i < call.inputs(); i++) {
      gradients.add(call.dys().get(i).isClosed() ? call.none() : call.dys().get(i));
    }
    return gradients;
  }
}
