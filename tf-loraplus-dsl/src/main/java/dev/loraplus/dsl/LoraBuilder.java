package dev.loraplus.dsl;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import java.util.Arrays;

/**
 * The adapters, h = W0 x + s B A dropout(x) with s = alpha/r. Rank and targets are required; alpha
 * is the rank where it is not set, so that s = 1; everything else has peft's defaults.
 */
@LoraPlusDsl
public final class LoraBuilder {
  final LoraOptions options = new LoraOptions();

  LoraBuilder() {}

  /**
   * The inner dimension of BA. Required.
   *
   * @param rank r, at least 1
   * @return this
   */
  public LoraBuilder rank(int rank) {
    options.rank.set(rank);
    return this;
  }

  /**
   * The numerator of the scaling. Default: the rank, which makes the scaling 1.
   *
   * @param alpha above 0
   * @return this
   */
  public LoraBuilder alpha(double alpha) {
    options.alpha.set(alpha);
    return this;
  }

  /**
   * Dropout on the input of A while training. Default: 0.
   *
   * @param dropout probability of zeroing a value, in [0, 1)
   * @return this
   */
  public LoraBuilder dropout(double dropout) {
    options.dropout.set(dropout);
    return this;
  }

  /**
   * The modules that get an adapter. Required, unless {@link #targetsMatching} or {@link
   * #allLinear} says which; calls add up.
   *
   * @param names module paths or their suffixes at a dot: {@code query} is every module whose path
   *     ends with {@code .query}
   * @return this
   */
  public LoraBuilder targets(String... names) {
    options.targets.named(Arrays.asList(names));
    return this;
  }

  /**
   * Adapters on the modules whose path matches.
   *
   * @param regex java.util.regex expression that must match the whole path
   * @return this
   */
  public LoraBuilder targetsMatching(String regex) {
    options.targets.matching(regex);
    return this;
  }

  /**
   * Adapters on every linear layer but the output head.
   *
   * @return this
   */
  public LoraBuilder allLinear() {
    options.targets.allLinear();
    return this;
  }

  /**
   * No adapters: every parameter of the network trains, as the baseline that adapters are compared
   * with.
   *
   * @return this
   */
  public LoraBuilder fullTraining() {
    options.targets.fullTraining();
    return this;
  }

  /**
   * Modules that get no adapter although they are targets. Default: none; calls add up.
   *
   * @param names module paths or their suffixes at a dot
   * @return this
   */
  public LoraBuilder exclude(String... names) {
    options.excludes.named(Arrays.asList(names));
    return this;
  }

  /**
   * No adapter on the modules whose path matches, although they are targets.
   *
   * @param regex java.util.regex expression that must match the whole path
   * @return this
   */
  public LoraBuilder excludeMatching(String regex) {
    options.excludes.matching(regex);
    return this;
  }

  /**
   * Adapters on some layers only. Default: all layers; calls add up.
   *
   * @param indices indices of layers, from 0
   * @return this
   */
  public LoraBuilder layers(int... indices) {
    options.layers.add(Arrays.stream(indices).boxed().toList());
    return this;
  }

  /**
   * The layer lists that {@link #layers} counts, where a model has several. Default: any; calls add
   * up.
   *
   * @param names names of the lists, such as {@code layer}
   * @return this
   */
  public LoraBuilder layersPattern(String... names) {
    options.layersPatterns.add(Arrays.asList(names));
    return this;
  }

  /**
   * Another rank for some modules. Patterns that give one module different ranks are a fault when
   * the model is known.
   *
   * @param pattern module path suffix or regular expression
   * @param rank r, at least 1
   * @return this
   */
  public LoraBuilder rankFor(String pattern, int rank) {
    options.ranks.put(pattern, rank);
    return this;
  }

  /**
   * Another alpha for some modules. Patterns that give one module different alphas are a fault when
   * the model is known.
   *
   * @param pattern module path suffix or regular expression
   * @param alpha above 0
   * @return this
   */
  public LoraBuilder alphaFor(String pattern, double alpha) {
    options.alphas.put(pattern, alpha);
    return this;
  }

  /**
   * Which biases train. Default: {@link BiasMode#NONE}.
   *
   * @param bias the choice
   * @return this
   */
  public LoraBuilder bias(BiasMode bias) {
    options.bias.set(bias);
    return this;
  }

  /**
   * Modules trained in full and saved with the adapters, instead of the task's head. Calls add up.
   *
   * @param names module paths or their suffixes at a dot
   * @return this
   */
  public LoraBuilder saveModules(String... names) {
    options.saved.add(Arrays.asList(names));
    return this;
  }

  /**
   * No module is trained in full, not even the task's head.
   *
   * @return this
   */
  public LoraBuilder saveNoModules() {
    options.saveNone = true;
    return this;
  }

  /**
   * How A and B start. Default: {@link LoraInit#KAIMING_UNIFORM}.
   *
   * @param init the distribution, or the factorisation of the frozen weight
   * @return this
   */
  public LoraBuilder init(LoraInit init) {
    options.init.set(init);
    return this;
  }

  /**
   * What an adapter is made of: DoRA, a bias of B, or neither. Default: {@link LoraVariant#PLAIN}.
   *
   * @param variant the choice
   * @return this
   */
  public LoraBuilder variant(LoraVariant variant) {
    options.variant.set(variant);
    return this;
  }

  /**
   * Rank-stabilised scaling s = alpha/sqrt(r) (arXiv 2312.03732). Default: alpha/r.
   *
   * @return this
   */
  public LoraBuilder rsLora() {
    options.rsLora = true;
    return this;
  }
}
