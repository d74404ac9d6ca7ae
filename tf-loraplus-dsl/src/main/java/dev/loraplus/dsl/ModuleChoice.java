package dev.loraplus.dsl;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.TargetModules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Which modules: by names, by a regular expression, all linear layers or none, but one of them. */
final class ModuleChoice {
  private final String name;
  private final String call;
  private final Listing<String> names;
  private final Setting<String> pattern;
  private boolean allLinear;
  private boolean fullTraining;

  /** {@code call} is the option that takes names, {@code callMatching} the one for a pattern. */
  ModuleChoice(String name, String call) {
    this.name = name;
    this.call = call;
    this.names = new Listing<>(call);
    this.pattern = Setting.optional(call + "Matching");
  }

  void named(List<String> more) {
    names.add(more);
  }

  void matching(String regex) {
    pattern.set(regex);
  }

  void allLinear() {
    allLinear = true;
  }

  void fullTraining() {
    fullTraining = true;
  }

  /** The choice, or empty where none or no valid one was made. */
  Optional<TargetModules> find(Faults faults) {
    Map<String, Supplier<TargetModules>> chosen = new LinkedHashMap<>();
    if (names.isSet()) {
      List<String> all = names.value(faults);
      if (!all.isEmpty()) {
        chosen.put(call + "(" + String.join(", ", all) + ")", () -> new TargetModules.Named(all));
      }
    }
    pattern
        .find(faults)
        .ifPresent(
            regex ->
                chosen.put(call + "Matching(" + regex + ")", () -> TargetModules.regex(regex)));
    if (allLinear) {
      chosen.put("allLinear()", TargetModules::allLinear);
    }
    if (fullTraining) {
      chosen.put("fullTraining()", TargetModules::fullTraining);
    }
    faults.require(
        chosen.size() <= 1,
        "%s: set by %s; keep one",
        name,
        String.join(" and by ", chosen.keySet()));
    TargetModules first = null;
    for (Supplier<TargetModules> make : chosen.values()) {
      TargetModules made = faults.collect(() -> underMyName(make));
      first = first == null ? made : first;
    }
    return Optional.ofNullable(first);
  }

  boolean isSet() {
    return names.isSet() || pattern.isSet() || allLinear || fullTraining;
  }

  /** Core's faults speak of target modules, whatever the modules are chosen for. */
  private TargetModules underMyName(Supplier<TargetModules> make) {
    try {
      return make.get();
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          e.faults().stream().map(fault -> name + fault.substring(fault.indexOf(':'))).toList());
    }
  }
}
