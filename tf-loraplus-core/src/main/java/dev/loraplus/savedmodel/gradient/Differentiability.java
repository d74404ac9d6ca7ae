package dev.loraplus.savedmodel.gradient;

import dev.loraplus.gradient.MissingGradients;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.DataType;

/** What TensorFlow's C++ library can differentiate. */
final class Differentiability {
  /** Their results do not change with small changes of the inputs, or shall be taken so. */
  private static final Set<String> CONSTANT =
      Set.of(
          "StopGradient",
          "ZerosLike",
          "Shape",
          "ShapeN",
          "Size",
          "Rank",
          "OneHot",
          "Equal",
          "NotEqual",
          "ApproximateEqual",
          "Less",
          "LessEqual",
          "Greater",
          "GreaterEqual",
          "LogicalAnd",
          "LogicalOr",
          "LogicalNot",
          "Floor",
          "EditDistance",
          "InvertPermutation",
          "ConcatOffset",
          "BroadcastGradientArgs",
          "NonMaxSuppression",
          "NonMaxSuppressionV2",
          "NonMaxSuppressionV3",
          "NonMaxSuppressionV4",
          "NonMaxSuppressionV5");

  private static final String LOOP = "a loop, whose body TensorFlow's C++ gradients cannot enter";
  private static final String BRANCH =
      "a branch, whose bodies TensorFlow's C++ gradients cannot enter";
  private static final String FRAME =
      "part of a loop or branch of TensorFlow 1, which has no gradient";
  private static final String LIST = "a list of tensors, as loops keep them, has no gradient";
  private static final String PYTHON = "calls Python, which is not there";

  private static final Map<String, String> REASONS =
      Stream.of(
              of(LOOP, "While", "StatelessWhile", "For"),
              of(BRANCH, "If", "StatelessIf", "Case", "StatelessCase"),
              of(FRAME, "Enter", "Exit", "NextIteration", "LoopCond", "Switch", "Merge"),
              of(FRAME, "RefEnter", "RefExit", "RefNextIteration", "RefSwitch", "RefMerge"),
              of(PYTHON, "PyFunc", "PyFuncStateless", "EagerPyFunc"))
          .flatMap(entries -> entries.entrySet().stream())
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private Differentiability() {}

  private static Map<String, String> of(String reason, String... types) {
    return Stream.of(types).collect(Collectors.toMap(type -> type, type -> reason));
  }

  /** Why TensorFlow would fail at the op, if it would. */
  static Optional<String> missing(GraphOperation op) {
    String type = op.type();
    if (REASONS.containsKey(type)) {
      return Optional.ofNullable(REASONS.get(type));
    }
    if (type.equals("PreventGradient")) {
      String message = op.attributes().getAttrValueProto("message").getS().toStringUtf8();
      return Optional.of("forbids derivatives" + (message.isEmpty() ? "" : ": " + message));
    }
    if (type.equals("SoftmaxCrossEntropyWithLogits")
        && op.attributes().getAttrType("T") != DataType.DT_FLOAT) {
      return Optional.of("has a gradient in float32 only; cast the logits to float32");
    }
    if (tensorflow.TFJ_HasGradient(type)) {
      return Optional.empty();
    }
    if (type.startsWith("TensorList") || type.startsWith("TensorArray")) {
      return Optional.of(LIST);
    }
    return Optional.of(
        MissingGradients.opTypes().contains(type) || MissingGradients.constantTypes().contains(type)
            ? "its gradient is not registered: call MissingGradients.register() first"
            : "TensorFlow's C++ library has no gradient for it");
  }

  /** Why no derivative gets past the op, although TensorFlow would not fail at it. */
  static Optional<String> stops(GraphOperation op) {
    return CONSTANT.contains(op.type()) || MissingGradients.constantTypes().contains(op.type())
        ? Optional.of("its result counts as a constant")
        : Optional.empty();
  }

  /** Whether the op takes nothing of a tensor but its shape. */
  static boolean asksShape(GraphOperation op) {
    return Set.of("Shape", "ShapeN", "Size", "Rank").contains(op.type());
  }

  /** Whether a tensor of this type has a derivative: real and complex numbers, and variables. */
  static boolean carries(DataType type) {
    String name = type.name().replaceFirst("^DT_", "").replaceFirst("_REF$", "");
    return Set.of("HALF", "BFLOAT16", "FLOAT", "DOUBLE", "COMPLEX64", "COMPLEX128").contains(name)
        || type == DataType.DT_RESOURCE
        || type == DataType.DT_VARIANT;
  }
}
