package dev.loraplus.adapter;

import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Patterns;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which rank and scaling the adapter of a module has: those of the configuration, or of its
 * patterns that match the module. What does not fit is a fault.
 */
final class ModuleSettings {
  private final LoraConfig config;
  private final Faults faults;

  ModuleSettings(LoraConfig config, Faults faults) {
    this.config = config;
    this.faults = faults;
  }

  /** Every pattern with the adapted modules that it matches, which must be some. */
  Map<String, List<String>> matches(List<ModuleSpec> targets) {
    Map<String, List<String>> matches = new LinkedHashMap<>();
    record("rankPattern", config.patterns().ranks().keySet(), targets, matches);
    record("alphaPattern", config.patterns().alphas().keySet(), targets, matches);
    return matches;
  }

  private void record(
      String setting,
      Set<String> patterns,
      List<ModuleSpec> targets,
      Map<String, List<String>> matches) {
    for (String pattern : patterns) {
      List<String> matched =
          targets.stream()
              .map(ModuleSpec::path)
              .filter(path -> ModuleMatcher.pattern(path, pattern))
              .toList();
      matches.put(setting + " " + pattern, matched);
      faults.require(
          !matched.isEmpty(),
          "%s '%s': matches no adapted module; adapted are modules such as %s",
          setting,
          pattern,
          targets.isEmpty() ? "(none)" : targets.get(0).path());
    }
  }

  /** The adapter of a module. */
  PlannedAdapter adapter(ModuleSpec module) {
    Patterns patterns = config.patterns();
    int rank = chosen("rankPattern", patterns.ranks(), module, config.rank());
    double alpha = chosen("alphaPattern", patterns.alphas(), module, config.alpha());
    // s = alpha / r, for rsLoRA alpha / sqrt(r)
    double scaling = alpha / (config.rsLora() ? Math.sqrt(rank) : rank);
    ParameterSpec weight = module.parameters().get(0);
    if (weight.shape().numDimensions() == 2) {
      long limit = Math.min(weight.shape().get(0), weight.shape().get(1));
      faults.require(
          rank <= limit,
          "rank of %s: must be at most %s, the smaller side of its %s weight, got %s",
          module.path(),
          limit,
          weight.shape(),
          rank);
    }
    LoraSettings settings =
        new LoraSettings(rank, scaling, config.dropout(), config.init(), config.variant());
    ModuleFit.require(faults, module, settings);
    return new PlannedAdapter(module, settings, alpha);
  }

  /** The value of the patterns that match a module, which have to agree. */
  private <V> V chosen(String setting, Map<String, V> patterns, ModuleSpec module, V otherwise) {
    List<Map.Entry<String, V>> matching =
        patterns.entrySet().stream()
            .filter(entry -> ModuleMatcher.pattern(module.path(), entry.getKey()))
            .toList();
    if (matching.isEmpty()) {
      return otherwise;
    }
    Map.Entry<String, V> first = matching.get(0);
    for (Map.Entry<String, V> other : matching) {
      faults.require(
          other.getValue().equals(first.getValue()),
          "%s of %s: the patterns '%s' (%s) and '%s' (%s) both match; make them agree or exclude"
              + " each other",
          setting,
          module.path(),
          first.getKey(),
          first.getValue(),
          other.getKey(),
          other.getValue());
    }
    return first.getValue();
  }
}
