package dev.loraplus.adapter;

import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The plan of a network that trains itself, without adapters. */
final class FullTrainingPlan {
  private FullTrainingPlan() {}

  /** Everything but the saved modules, which train too, but may have a rate of their own. */
  static AdapterPlan of(
      Architecture architecture,
      LoraConfig config,
      List<ModuleSpec> saved,
      Map<String, List<String>> matches) {
    List<String> own =
        architecture.modules().stream()
            .filter(module -> !saved.contains(module))
            .flatMap(module -> module.parameters().stream())
            .map(ParameterSpec::name)
            .toList();
    return new AdapterPlan(
        config, List.of(), saved, List.of(), own, Collections.unmodifiableMap(matches));
  }

  /** What speaks of adapters has no effect. */
  static void requireNoAdapterSettings(Faults faults, LoraConfig config) {
    LoraConfig none = LoraConfig.of(config.rank(), config.alpha(), config.targets());
    faults.require(
        config.excludes().isEmpty()
            && config.layers().equals(none.layers())
            && config.patterns().equals(none.patterns())
            && config.bias() == none.bias()
            && config.init() == none.init()
            && config.variant() == none.variant()
            && config.rsLora() == none.rsLora()
            && config.dropout() <= none.dropout(),
        "full training: has no adapters, so dropout, excludes, layers, patterns, bias, init, variant"
            + " and rsLora must be left out, got %s",
        config);
  }
}
