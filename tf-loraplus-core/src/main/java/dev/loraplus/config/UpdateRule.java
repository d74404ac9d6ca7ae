package dev.loraplus.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a gradient becomes an update, given the rate of its group. Only rules whose step is
 * proportional to a rate that we choose per variable are here: LoRA+ means nothing to the others.
 */
public sealed interface UpdateRule {

  /**
   * AdamW (Loshchilov and Hutter, arXiv 1711.05101): decay is p = p (1 - rate wd), apart from the
   * moments.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the corrected second moment, above 0
   */
  record AdamW(double beta1, double beta2, double epsilon) implements UpdateRule {
    /**
     * Checks the ranges above.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the corrected second moment, above 0
     */
    public AdamW {
      requireAdam("AdamW", beta1, beta2, epsilon);
    }
  }

  /**
   * Adam (Kingma and Ba, arXiv 1412.6980) as torch.optim.Adam: decay is added to the gradient.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the corrected second moment, above 0
   */
  record Adam(double beta1, double beta2, double epsilon) implements UpdateRule {
    /**
     * Checks the ranges above.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the corrected second moment, above 0
     */
    public Adam {
      requireAdam("Adam", beta1, beta2, epsilon);
    }
  }

  /**
   * LoRA-FA (Zhang et al., arXiv 2308.03303) as peft's optimizer of that name: A is frozen, and the
   * gradient of B is corrected to that of the full update, g_B = (1/s^2) g_B (A A^T)^-1. It and all
   * other parameters then follow Adam, with an epsilon that is added before the bias correction,
   * and decay acts on the new values: p = (1 - rate wd) (p - step). peft has one rate for
   * everything and decays everything: a ratio of 1 and {@link DecayExclusions} of nothing.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment, above 0
   */
  record LoraFa(double beta1, double beta2, double epsilon) implements UpdateRule {
    /**
     * Checks the ranges above.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     */
    public LoraFa {
      requireAdam("LoRA-FA", beta1, beta2, epsilon);
    }
  }

  /**
   * Gradient descent with momentum as torch.optim.SGD (no dampening): buf = momentum buf + g, p = p
   * - rate buf; decay is added to the gradient.
   *
   * @param momentum in [0, 1); 0 is plain gradient descent
   * @param nesterov whether the step is g + momentum buf; needs a momentum
   */
  record Sgd(double momentum, boolean nesterov) implements UpdateRule {
    /**
     * Checks the ranges above.
     *
     * @param momentum in [0, 1); 0 is plain gradient descent
     * @param nesterov whether the step is g + momentum buf; needs a momentum
     */
    public Sgd {
      new Faults()
          .require(
              momentum >= 0 && momentum < 1, "SGD momentum: must be in [0, 1), got %s", momentum)
          .require(!nesterov || momentum > 0, "SGD nesterov: needs a momentum above 0, got 0")
          .throwIfAny();
    }
  }

  /**
   * AdamW with torch's defaults: betas 0.9 and 0.999, epsilon 1e-8.
   *
   * @return the rule
   */
  static UpdateRule adamW() {
    return new AdamW(0.9, 0.999, 1e-8);
  }

  /**
   * Adam with torch's defaults: betas 0.9 and 0.999, epsilon 1e-8.
   *
   * @return the rule
   */
  static UpdateRule adam() {
    return new Adam(0.9, 0.999, 1e-8);
  }

  /**
   * LoRA-FA with peft's defaults: betas 0.9 and 0.999, epsilon 1e-6.
   *
   * @return the rule
   */
  static UpdateRule loraFa() {
    return new LoraFa(0.9, 0.999, 1e-6);
  }

  /**
   * Gradient descent with momentum.
   *
   * @param momentum in [0, 1)
   * @return the rule
   */
  static UpdateRule sgd(double momentum) {
    return new Sgd(momentum, false);
  }

  /**
   * A rule with its default settings by name.
   *
   * @param name adamw, adam, sgd or lorafa, in any case
   * @return the rule
   * @throws ConfigurationException for an unknown rule, and for one that ignores or rescales a rate
   *     given per variable, with the reason
   */
  static UpdateRule named(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    Map<String, UpdateRule> known =
        Map.of("adamw", adamW(), "adam", adam(), "sgd", sgd(0), "lorafa", loraFa());
    UpdateRule rule = known.get(key);
    if (rule != null) {
      return rule;
    }
    if (List.of("adafactor", "lamb", "lars", "lbfgs", "prodigy", "dadaptation").contains(key)) {
      throw new ConfigurationException(
          "update rule: '"
              + name
              + "' sets its own step sizes, so a rate per variable and with it the LoRA+ ratio"
              + " would be lost; use adamw, adam or sgd");
    }
    throw new ConfigurationException(
        "update rule: must be one of adamw, adam, sgd, lorafa, got '" + name + "'");
  }

  private static void requireAdam(String rule, double beta1, double beta2, double epsilon) {
    new Faults()
        .require(beta1 >= 0 && beta1 < 1, "%s beta1: must be in [0, 1), got %s", rule, beta1)
        .require(beta2 >= 0 && beta2 < 1, "%s beta2: must be in [0, 1), got %s", rule, beta2)
        .require(epsilon > 0, "%s epsilon: must be above 0, got %s", rule, epsilon)
        .throwIfAny();
  }
}
