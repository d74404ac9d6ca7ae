package dev.loraplus.model;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.gradient.Gelu;
import dev.loraplus.gradient.Relu;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The nonlinearities that configurations name, in {@code hidden_act} or elsewhere. */
enum Activation {
  /** x Phi(x) = x/2 (1 + erf(x / sqrt 2)) (arXiv 1606.08415). */
  GELU {
    @Override
    Operand<TFloat32> apply(Products products, Operand<TFloat32> x) {
      if (products.compute().isNarrowThroughout()) {
        return Gelu.elementary(products.tf(), x);
      }
      if (products.compute().compilation() != Compilation.ELEMENTWISE) {
        return Gelu.exact(products.tf(), x);
      }
      return products.narrow()
          ? Gelu.ofRounded(products.tf(), x, products.narrow(x))
          : Gelu.ofInput(products.tf(), x);
    }
  },
  /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the approximation of the same paper. */
  GELU_TANH {
    @Override
    Operand<TFloat32> apply(Products products, Operand<TFloat32> x) {
      return Gelu.tanh(products.tf(), x);
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    Operand<TFloat32> apply(Products products, Operand<TFloat32> x) {
      return Relu.of(products.tf(), x);
    }
  },
  /** x sigmoid(x) (arXiv 1702.03118). */
  SILU {
    @Override
    Operand<TFloat32> apply(Products products, Operand<TFloat32> x) {
      Ops tf = products.tf();
      return tf.math.mul(x, tf.math.sigmoid(x));
    }
  };

  static final String NAMES = "gelu, gelu_new, gelu_pytorch_tanh, relu, silu";

  abstract Operand<TFloat32> apply(Products products, Operand<TFloat32> x);

  /** The activation of a configuration's name, if there is one; the names are transformers'. */
  static Optional<Activation> find(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "gelu", "gelu_python" -> Optional.of(GELU);
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Optional.of(GELU_TANH);
      case "relu" -> Optional.of(RELU);
      case "silu", "swish" -> Optional.of(SILU);
      default -> Optional.empty();
    };
  }

  /** The activation of a configuration's name. */
  static Activation named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "activation: must be one of " + NAMES + ", got '" + name + "'"));
  }
}
