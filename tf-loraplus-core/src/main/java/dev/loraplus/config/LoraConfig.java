package dev.loraplus.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The adapters of a model: h = W0 x + s B A dropout(x), with s = alpha/r, or alpha/sqrt(r) for
 * rank-stabilised LoRA (rsLoRA, arXiv 2312.03732). Names and meaning follow peft's LoraConfig.
 *
 * @param rank r, inner dimension of BA, at least 1
 * @param alpha numerator of the scaling s, above 0
 * @param dropout probability of zeroing an input of A while training, in [0, 1)
 * @param targets the modules that get an adapter
 * @param excludes modules that get none although {@code targets} matches them
 * @param layers indices of the layers to adapt; empty means all
 * @param layersPatterns names of the layer list that {@code layers} counts, such as {@code layer};
 *     empty means any
 * @param rankPattern rank by module path suffix or regular expression; the first match wins
 * @param alphaPattern alpha by module path suffix or regular expression; the first match wins
 * @param bias which biases train
 * @param modulesToSave modules trained in full, by path or suffix; absent means the task's head
 * @param init how A starts
 * @param rsLora whether s = alpha/sqrt(r)
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    TargetModules targets,
    Optional<TargetModules> excludes,
    List<Integer> layers,
    List<String> layersPatterns,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    BiasMode bias,
    Optional<List<String>> modulesToSave,
    LoraInit init,
    boolean rsLora) {

  /** Checks every rule above and reports all faults together. */
  public LoraConfig {
    layers = List.copyOf(layers);
    layersPatterns = List.copyOf(layersPatterns);
    rankPattern = Ordered.copy(rankPattern);
    alphaPattern = Ordered.copy(alphaPattern);
    modulesToSave = modulesToSave.map(List::copyOf);
    Faults faults = new Faults();
    faults.require(rank >= 1, "rank: must be at least 1, got %s", rank);
    faults.require(alpha > 0 && Double.isFinite(alpha), "alpha: must be above 0, got %s", alpha);
    faults.require(dropout >= 0 && dropout < 1, "dropout: must be in [0, 1), got %s", dropout);
    for (int layer : layers) {
      faults.require(layer >= 0, "layers: an index must be at least 0, got %s", layer);
    }
    faults.require(
        layersPatterns.isEmpty() || !layers.isEmpty(),
        "layersPatterns: has no effect without layers, got %s",
        layersPatterns);
    rankPattern.forEach(
        (pattern, value) -> {
          faults.require(
              value >= 1, "rankPattern '%s': must be at least 1, got %s", pattern, value);
          requireRegex(faults, "rankPattern", pattern);
        });
    alphaPattern.forEach(
        (pattern, value) -> {
          faults.require(value > 0, "alphaPattern '%s': must be above 0, got %s", pattern, value);
          requireRegex(faults, "alphaPattern", pattern);
        });
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
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        BiasMode.NONE,
        Optional.empty(),
        LoraInit.KAIMING_UNIFORM,
        false);
  }

  private static void requireRegex(Faults faults, String setting, String pattern) {
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      faults.require(
          false, "%s '%s': not a regular expression: %s", setting, pattern, e.getDescription());
    }
  }
}
