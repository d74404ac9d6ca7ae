package dev.loraplus.gradient;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Functions whose derivative is written by hand, because the one that TensorFlow puts together
 * reads and writes more. y = f(x) becomes an output of an {@code IdentityN} of x, y and what else
 * the derivative needs; its name says which f it is. An IdentityN copies nothing.
 */
enum HandWritten {
  STANDARDIZED,
  STANDARDIZED_IN_CHAINS,
  SCALED_TO_ONE,
  SCALED_TO_ONE_IN_CHAINS,
  SOFTMAX,
  ATTENDED_VALUES,
  GELU,
  GELU_OF_INPUT,
  GELU_OF_ROUNDED,
  GELU_TANH,
  MASKED,
  RELU,
  WIDENED,
  /** Here an IdentityN of both factors and the product, see {@link HalfProduct}. */
  HALF_PRODUCT;

  /** y, whose derivative by x is this one. */
  Operand<TFloat32> value(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> y,
      List<? extends Operand<? extends TNumber>> kept) {
    return value(tf, List.of(x), y, kept);
  }

  /**
   * y, whose derivatives by some x are these.
   *
   * @param x first inputs of the IdentityN, which y follows
   * @param kept what the derivative needs beside x and y; no derivative flows into it or into y
   * @return y itself where TensorFlow takes no gradients from Java
   */
  <T extends TNumber> Operand<T> value(
      Ops tf,
      List<? extends Operand<? extends TNumber>> x,
      Operand<T> y,
      List<? extends Operand<? extends TNumber>> kept) {
    if (!MissingGradients.supported()) {
      return y;
    }
    MissingGradients.register();
    List<Operand<?>> inputs = new ArrayList<>(x);
    inputs.add(tf.stopGradient(y));
    kept.forEach(each -> inputs.add(tf.stopGradient(each)));
    return tf.withName(marker()).identityN(inputs).output().get(x.size()).expect(y.type());
  }

  /** The gradient of an IdentityN: of this library or of any graph. */
  static List<Operand<?>> of(OpCall call) {
    String name = name(call.op());
    for (HandWritten function : values()) {
      if (name.matches(function.marker() + "(_\\d+)?")) {
        return function.derivative(call);
      }
    }
    return PassingGradients.each(call);
  }

  private List<Operand<?>> derivative(OpCall call) {
    return switch (this) {
      case STANDARDIZED -> Standardized.centred(call);
      case STANDARDIZED_IN_CHAINS -> Standardized.centredInChains(call);
      case SCALED_TO_ONE -> Standardized.uncentred(call);
      case SCALED_TO_ONE_IN_CHAINS -> Standardized.uncentredInChains(call);
      case SOFTMAX -> AttentionWeights.derivative(call);
      case ATTENDED_VALUES -> AttendedValues.derivative(call);
      case GELU -> Gelu.exact(call);
      case GELU_OF_INPUT -> Gelu.ofInput(call);
      case GELU_OF_ROUNDED -> Gelu.ofRounded(call);
      case GELU_TANH -> Gelu.tanh(call);
      case MASKED -> Masked.derivative(call);
      case RELU -> Relu.derivative(call);
      case WIDENED -> Widened.derivative(call);
      case HALF_PRODUCT -> HalfProduct.derivative(call);
    };
  }

  /** The name of its IdentityN; TensorFlow may add a number. */
  String marker() {
    return "LoraPlus_" + this;
  }

  private static String name(GraphOperation op) {
    return op.name().substring(op.name().lastIndexOf('/') + 1);
  }
}
