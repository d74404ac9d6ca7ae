package dev.loraplus.adapter;

import dev.loraplus.config.TargetModules;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** peft's rules for when a name speaks of a module path. */
public final class ModuleMatcher {
  /** The first number between dots, as in {@code encoder.layer.3.output}. */
  private static final Pattern ANY_LAYER = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\..*");

  private ModuleMatcher() {}

  /**
   * Equal, or a suffix that begins after a dot.
   *
   * @param path a module path
   * @param name a path or suffix
   * @return whether the name speaks of the path
   */
  public static boolean named(String path, String name) {
    return path.equals(name) || path.endsWith("." + name);
  }

  /**
   * The outermost of a module and those around it whose path ends with one of some names. Unlike a
   * target, such a name may begin in the middle of a word: {@code norm} is {@code input_layernorm}
   * too.
   */
  static Optional<String> around(String path, Collection<String> names) {
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      String outer = path.substring(0, dot);
      if (names.stream().anyMatch(outer::endsWith)) {
        return Optional.of(outer);
      }
    }
    return names.stream().anyMatch(path::endsWith) ? Optional.of(path) : Optional.empty();
  }

  /**
   * Whether a rule speaks of a module; all-linear speaks of every one, full training of none.
   *
   * @param rule names or a regular expression
   * @param path a module path
   * @return whether it matches
   */
  public static boolean matches(TargetModules rule, String path) {
    if (rule instanceof TargetModules.Named named) {
      return named.names().stream().anyMatch(name -> named(path, name));
    }
    if (rule instanceof TargetModules.Regex regex) {
      return Pattern.matches(regex.pattern(), path);
    }
    return rule instanceof TargetModules.AllLinear;
  }

  /**
   * Whether a key of rank_pattern or alpha_pattern speaks of the path.
   *
   * @param path a module path
   * @param key a suffix or a regular expression for one
   * @return whether it matches
   */
  public static boolean pattern(String path, String key) {
    return Pattern.matches("(.*\\.)?(" + key + ")", path);
  }

  /**
   * Whether the path lies in one of the wanted layers.
   *
   * @param path a module path
   * @param layers layer numbers; empty means all
   * @param layersPatterns names of the list that the numbers count; empty means any
   * @return whether it does
   */
  public static boolean inLayers(String path, Set<Integer> layers, List<String> layersPatterns) {
    if (layers.isEmpty()) {
      return true;
    }
    if (layersPatterns.isEmpty()) {
      return indexMatches(ANY_LAYER.matcher(path), layers);
    }
    return layersPatterns.stream()
        .map(name -> Pattern.compile("(?:|.*?\\.)" + name + "\\.(\\d+)\\..*").matcher(path))
        .filter(Matcher::matches)
        .findFirst()
        .map(matcher -> indexMatches(matcher, layers))
        .orElse(false);
  }

  private static boolean indexMatches(Matcher matcher, Set<Integer> layers) {
    return matcher.matches() && layers.contains(Integer.parseInt(matcher.group(1)));
  }
}
