package dev.loraplus.config;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Ranks and alphas of modules that differ from the rest. A key is a module path suffix or a regular
 * expression for one; two keys that give one module different values are a fault.
 *
 * @param ranks rank by pattern, each at least 1
 * @param alphas alpha by pattern, each above 0
 */
public record Patterns(Map<String, Integer> ranks, Map<String, Double> alphas) {

  /**
   * Checks every key and value and reports all faults together.
   *
   * @param ranks rank by pattern, each at least 1
   * @param alphas alpha by pattern, each above 0
   */
  public Patterns {
    ranks = Ordered.copy(ranks);
    alphas = Ordered.copy(alphas);
    Faults faults = new Faults();
    ranks.forEach(
        (pattern, rank) -> {
          faults.require(rank >= 1, "rankPattern '%s': must be at least 1, got %s", pattern, rank);
          requireRegex(faults, "rankPattern", pattern);
        });
    alphas.forEach(
        (pattern, alpha) -> {
          faults.require(
              alpha > 0 && Double.isFinite(alpha),
              "alphaPattern '%s': must be above 0, got %s",
              pattern,
              alpha);
          requireRegex(faults, "alphaPattern", pattern);
        });
    faults.throwIfAny();
  }

  /**
   * One rank and one alpha for all modules.
   *
   * @return no patterns
   */
  public static Patterns none() {
    return new Patterns(Map.of(), Map.of());
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
