package dev.loraplus.dsl;

import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.Arrays;

/**
 * The LoRA+ optimizer: A learns at eta_A, B at eta_B = ratio x eta_A. Both the rate and the ratio
 * are required, since no value fits every model; ratio 1 is plain LoRA. The default rule is AdamW.
 */
@LoraPlusDsl
public final class OptimizerBuilder {
  final OptimizerOptions options = new OptimizerOptions();

  OptimizerBuilder() {}

  /**
   * The rate of A, and of the weights of modules trained in full. Required.
   *
   * @param rate eta_A, above 0
   * @return this
   */
  public OptimizerBuilder learningRate(double rate) {
    options.learningRate.set(rate);
    return this;
  }

  /**
   * How many times faster B learns than A. Required; 1 is plain LoRA. With B starting at zero the
   * paper (arXiv 2402.12354) finds 4 to 8 good, and 16 for A starting at zero.
   *
   * @param ratio eta_B / eta_A, at least 1
   * @return this
   */
  public OptimizerBuilder ratio(double ratio) {
    options.ratio.set(ratio);
    return this;
  }

  /**
   * The rate of embedding adapters; the ratio does not apply to it. Default: 1e-6, as in peft.
   *
   * @param rate absolute, above 0
   * @return this
   */
  public OptimizerBuilder embeddingLearningRate(double rate) {
    options.embeddingLearningRate.set(rate);
    return this;
  }

  /**
   * One rate for modules trained in full. Default: peft's rule, weights at eta_A, biases and norms
   * at eta_B.
   *
   * @param rate absolute, above 0
   * @return this
   */
  public OptimizerBuilder savedModulesLearningRate(double rate) {
    options.savedModulesLearningRate.set(rate);
    return this;
  }

  /**
   * Decay of every trained parameter but biases and LayerNorms. Default: 0.
   *
   * @param decay at least 0
   * @return this
   */
  public OptimizerBuilder weightDecay(double decay) {
    options.weightDecay.set(decay);
    return this;
  }

  /**
   * Parameters that decay leaves alone besides biases and LayerNorms. Default: none; calls add up.
   *
   * @param regexes java.util.regex expressions; a parameter whose name contains a match is left
   *     alone
   * @return this
   */
  public OptimizerBuilder excludeFromDecay(String... regexes) {
    options.undecayed.add(Arrays.asList(regexes));
    return this;
  }

  /**
   * Biases decay too. Default: they do not.
   *
   * @return this
   */
  public OptimizerBuilder decayBiases() {
    options.decayBiases = true;
    return this;
  }

  /**
   * LayerNorm weights decay too. Default: they do not.
   *
   * @return this
   */
  public OptimizerBuilder decayLayerNorms() {
    options.decayLayerNorms = true;
    return this;
  }

  /**
   * Scales the gradients down where their global norm is larger. Default: no clipping.
   *
   * @param norm above 0
   * @return this
   */
  public OptimizerBuilder maxGradNorm(double norm) {
    options.maxGradNorm.set(norm);
    return this;
  }

  /**
   * The course of the rates over the run. Default: {@link Schedule#constant()}.
   *
   * @param schedule the rate of A by step; every other rate keeps its proportion to it
   * @return this
   */
  public OptimizerBuilder schedule(Schedule schedule) {
    options.schedule.set(schedule);
    return this;
  }

  /**
   * AdamW with betas 0.9 and 0.999 and epsilon 1e-8. This is the default.
   *
   * @return this
   */
  public OptimizerBuilder adamW() {
    options.rule.set("adamW()", UpdateRule::adamW);
    return this;
  }

  /**
   * AdamW.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the corrected second moment, above 0
   * @return this
   */
  public OptimizerBuilder adamW(double beta1, double beta2, double epsilon) {
    options.rule.set(
        "adamW(" + beta1 + ", " + beta2 + ", " + epsilon + ")",
        () -> new UpdateRule.AdamW(beta1, beta2, epsilon));
    return this;
  }

  /**
   * Adam with betas 0.9 and 0.999 and epsilon 1e-8; decay is added to the gradient.
   *
   * @return this
   */
  public OptimizerBuilder adam() {
    options.rule.set("adam()", UpdateRule::adam);
    return this;
  }

  /**
   * Adam; decay is added to the gradient.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the corrected second moment, above 0
   * @return this
   */
  public OptimizerBuilder adam(double beta1, double beta2, double epsilon) {
    options.rule.set(
        "adam(" + beta1 + ", " + beta2 + ", " + epsilon + ")",
        () -> new UpdateRule.Adam(beta1, beta2, epsilon));
    return this;
  }

  /**
   * LoRA-FA with betas 0.9 and 0.999 and epsilon 1e-6: A is frozen and B's gradient corrected.
   *
   * @return this
   */
  public OptimizerBuilder loraFa() {
    options.rule.set("loraFa()", UpdateRule::loraFa);
    return this;
  }

  /**
   * LoRA-FA: A is frozen and B's gradient corrected.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment, above 0
   * @return this
   */
  public OptimizerBuilder loraFa(double beta1, double beta2, double epsilon) {
    options.rule.set(
        "loraFa(" + beta1 + ", " + beta2 + ", " + epsilon + ")",
        () -> new UpdateRule.LoraFa(beta1, beta2, epsilon));
    return this;
  }

  /**
   * Gradient descent with momentum.
   *
   * @param momentum in [0, 1); 0 is plain gradient descent
   * @return this
   */
  public OptimizerBuilder sgd(double momentum) {
    options.rule.set("sgd(" + momentum + ")", () -> UpdateRule.sgd(momentum));
    return this;
  }

  /**
   * Gradient descent with Nesterov momentum.
   *
   * @param momentum in (0, 1)
   * @return this
   */
  public OptimizerBuilder nesterovSgd(double momentum) {
    options.rule.set("nesterovSgd(" + momentum + ")", () -> new UpdateRule.Sgd(momentum, true));
    return this;
  }

  /**
   * An update rule with its default settings by name, such as from a file or a command line. Rules
   * that set their own step sizes are refused, since the ratio would be lost.
   *
   * @param name adamw, adam, sgd or lorafa, in any case
   * @return this
   */
  public OptimizerBuilder updateRule(String name) {
    options.rule.set("updateRule(" + name + ")", () -> UpdateRule.named(name));
    return this;
  }

  /**
   * Accepts a ratio below 1, which makes B slower than A. Default: such a ratio is a fault.
   *
   * @return this
   */
  public OptimizerBuilder allowRatioBelowOne() {
    options.allowRatioBelowOne = true;
    return this;
  }
}
