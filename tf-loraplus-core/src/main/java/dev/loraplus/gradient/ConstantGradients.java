package dev.loraplus.gradient;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;

/**
 * Ops whose results count as constants, as in Python: steps, and random numbers, which depend on a
 * tensor by its shape alone. TensorFlow's C++ library fails at them instead of stopping there.
 */
final class ConstantGradients {
  static final Set<String> TYPES =
      Set.of(
          "OnesLike",
          "Round",
          "Rint",
          "Ceil",
          "FloorDiv",
          "TruncateDiv",
          "RandomUniform",
          "RandomStandardNormal",
          "TruncatedNormal",
          "StatefulUniform",
          "StatefulStandardNormalV2",
          "StatefulTruncatedNormal",
          "StatelessRandomUniform",
          "StatelessRandomUniformV2",
          "StatelessRandomNormal",
          "StatelessRandomNormalV2",
          "StatelessTruncatedNormal",
          "StatelessTruncatedNormalV2");

  private ConstantGradients() {}

  static List<Operand<?>> none(OpCall call) {
    return Collections.nCopies(call.inputs(), call.none());
  }
}
