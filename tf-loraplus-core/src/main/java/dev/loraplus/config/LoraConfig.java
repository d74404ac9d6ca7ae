package dev.loraplus.config;

import java.util.List;
import java.util.Optional;

/**
 * The adapters of a model: h = W0 x + s B A dropout(x), with s = alpha/r, or alpha/sqrt(r) for
 * rank-stabilised LoRA (rsLoRA, arXiv 2312.03732). Names and meaning follow peft's LoraConfig.
 *
 * @param rank r, inner dimension of BA, at least 1
 * @param alpha numerator of the scaling s, above 0
 * @param dropout probability of zeroing an input of A while training, in [0, 1)
 * @param targets the modules that get an adapter
 * @param excludes modules that get none although {@code targets} matches them
 * @param layers the layers to adapt
 * @param patterns ranks and alphas of modules that differ from the rest
 * @param bias which biases train
 * @param modulesToSave modules trained in full, by path or suffix; absent means the task's head
 * @param init how A and B start
 * @param variant what an adapter is made of
 * @param rsLora whether s = alpha/sqrt(r)
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    TargetModules targets,
    Optional<TargetModules> excludes,
    LayerSelection layers,
    Patterns patterns,
    BiasMode bias,
    Optional<List<String>> modulesToSave,
    LoraInit init,
    LoraVariant variant,
    boolean rsLora) {

  /**
   * Checks every rule above and reports all faults together.
   *
   * @param rank r, inner dimension of BA, at least 1
   * @param alpha numerator of the scaling s, above 0
   * @param dropout probability of zeroing an input of A while training, in [0, 1)
   * @param targets the modules that get an adapter
   * @param excludes modules that get none although {@code targets} matches them
   * @param layers the layers to adapt
   * @param patterns ranks and alphas of modules that differ from the rest
   * @param bias which biases train
   * @param modulesToSave modules trained in full, by path or suffix; absent means the task's head
   * @param init how A and B start
   * @param variant what an adapter is made of
   * @param rsLora whether s = alpha/sqrt(r)
   */
  public LoraConfig {
    modulesToSave = modulesToSave.map(List::copyOf);
    Faults faults = new Faults();
    faults.require(rank >= 1, "rank: must be at least 1, got %s", rank);
    faults.require(alpha > 0 && Double.isFinite(alpha), "alpha: must be above 0, got %s", alpha);
    faults.require(dropout >= 0 && dropout < 1, "dropout: must be in [0, 1), got %s", dropout);
    if (init == LoraInit.ORTHOGONAL) {
      requireEven(faults, "rank", rank);
      patterns
          .ranks()
          .forEach((pattern, r) -> requireEven(faults, "rankPattern '" + pattern + "'", r));
    }
    faults.require(
        variant != LoraVariant.B_BIAS || init == LoraInit.KAIMING_UNIFORM || init == LoraInit.NONE,
        "variant B_BIAS: the init must be KAIMING_UNIFORM or NONE, got %s",
        init);
    faults.throwIfAny();
  }

  /**
   * Adapters of one rank with peft's defaults for everything else: no dropout, no exclusions, no
   * patterns, no trained bias, the task's head trained in full.
   *
   * @param rank r
   * @param alpha numerator of the scaling
   * @param targets the modules that get an adapter
   * @return the configuration
   */
  public static LoraConfig of(int rank, double alpha, TargetModules targets) {
    return new LoraConfig(
        rank,
        alpha,
        0.0,
        targets,
        Optional.empty(),
        LayerSelection.all(),
        Patterns.none(),
        BiasMode.NONE,
        Optional.empty(),
        LoraInit.KAIMING_UNIFORM,
        LoraVariant.PLAIN,
        false);
  }

  /**
   * The same adapters on other modules.
   *
   * @param others the modules that get an adapter
   * @return a copy
   */
  public LoraConfig withTargets(TargetModules others) {
    return new LoraConfig(
        rank,
        alpha,
        dropout,
        others,
        excludes,
        layers,
        patterns,
        bias,
        modulesToSave,
        init,
        variant,
        rsLora);
  }

  /**
   * The same adapters beside other biases.
   *
   * @param other the biases that train
   * @return a copy
   */
  public LoraConfig withBias(BiasMode other) {
    return new LoraConfig(
        rank,
        alpha,
        dropout,
        targets,
        excludes,
        layers,
        patterns,
        other,
        modulesToSave,
        init,
        variant,
        rsLora);
  }

  /**
   * The same adapters beside other modules that train in full.
   *
   * @param others module names; empty for the task's head
   * @return a copy
   */
  public LoraConfig withModulesToSave(Optional<List<String>> others) {
    return new LoraConfig(
        rank, alpha, dropout, targets, excludes, layers, patterns, bias, others, init, variant,
        rsLora);
  }

  /**
   * The same adapters from another start.
   *
   * @param other how A and B start
   * @return a copy
   */
  public LoraConfig withInit(LoraInit other) {
    return new LoraConfig(
        rank,
        alpha,
        dropout,
        targets,
        excludes,
        layers,
        patterns,
        bias,
        modulesToSave,
        other,
        variant,
        rsLora);
  }

  /**
   * The same places with adapters of another form.
   *
   * @param other the form
   * @return a copy
   */
  public LoraConfig withVariant(LoraVariant other) {
    return new LoraConfig(
        rank,
        alpha,
        dropout,
        targets,
        excludes,
        layers,
        patterns,
        bias,
        modulesToSave,
        init,
        other,
        rsLora);
  }

  private static void requireEven(Faults faults, String setting, int rank) {
    faults.require(
        rank % 2 == 0, "%s: must be even for the init ORTHOGONAL, got %s", setting, rank);
  }
}
