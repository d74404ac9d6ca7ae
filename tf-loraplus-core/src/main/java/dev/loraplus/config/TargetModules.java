package dev.loraplus.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which modules a rule speaks of, with peft's matching semantics. */
public sealed interface TargetModules {

  /**
   * Modules by exact path, or by suffix at a dot: {@code "query"} matches every module path that is
   * {@code query} or ends with {@code .query}.
   *
   * @param names paths or suffixes, not empty, without duplicates
   */
  record Named(List<String> names) implements TargetModules {
    /**
     * Checks that there is at least one name and no blank one.
     *
     * @param names paths or suffixes, not empty, without duplicates
     */
    public Named {
      names = List.copyOf(names);
      Set<String> distinct = new LinkedHashSet<>(names);
      Faults faults = new Faults();
      faults.require(!names.isEmpty(), "target modules: at least one name is needed, got none");
      faults.require(
          names.stream().noneMatch(String::isBlank),
          "target modules: a name must not be blank, got %s",
          names);
      faults.throwIfAny();
      names = List.copyOf(distinct);
    }

    @Override
    public String toString() {
      return names.toString();
    }
  }

  /**
   * Modules whose whole path matches a regular expression.
   *
   * @param pattern a java.util.regex expression that must match the full module path
   */
  record Regex(String pattern) implements TargetModules {
    /**
     * Checks that the expression compiles.
     *
     * @param pattern a java.util.regex expression that must match the full module path
     */
    public Regex {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw new ConfigurationException(
            "target modules: '" + pattern + "' is not a regular expression: " + e.getMessage());
      }
    }

    @Override
    public String toString() {
      return "regex " + pattern;
    }
  }

  /** Every linear layer but the output head, as peft's {@code "all-linear"}. */
  record AllLinear() implements TargetModules {
    @Override
    public String toString() {
      return "all-linear";
    }
  }

  /**
   * No module: the network's own parameters train, all of them, and there are no adapters. The
   * baseline that adapters are compared with; only models that are built here know it.
   */
  record FullTraining() implements TargetModules {
    @Override
    public String toString() {
      return "full training";
    }
  }

  /**
   * Modules by exact path or by suffix at a dot.
   *
   * @param names paths or suffixes
   * @return the rule
   */
  static TargetModules named(String... names) {
    return new Named(List.of(names));
  }

  /**
   * Modules whose whole path matches.
   *
   * @param pattern regular expression
   * @return the rule
   */
  static TargetModules regex(String pattern) {
    return new Regex(pattern);
  }

  /**
   * Every linear layer but the output head.
   *
   * @return the rule
   */
  static TargetModules allLinear() {
    return new AllLinear();
  }

  /**
   * No adapters: every parameter of the network trains.
   *
   * @return the rule
   */
  static TargetModules fullTraining() {
    return new FullTraining();
  }
}
