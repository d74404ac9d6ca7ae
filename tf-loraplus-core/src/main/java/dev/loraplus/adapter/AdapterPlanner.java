package dev.loraplus.adapter;

import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.TargetModules;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterKind;
import dev.loraplus.model.ParameterSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Resolves a {@link LoraConfig} against a network; every unmatched name is a fault. */
public final class AdapterPlanner {
  private final Architecture architecture;
  private final LoraConfig config;
  private final Faults faults = new Faults();
  private final Map<String, List<String>> matches = new LinkedHashMap<>();

  private AdapterPlanner(Architecture architecture, LoraConfig config) {
    this.architecture = architecture;
    this.config = config;
  }

  /**
   * Decides where adapters attach.
   *
   * @param architecture the network
   * @param config what the user chose
   * @return the plan
   * @throws ConfigurationException listing every name that matches nothing with its near misses,
   *     every target that cannot carry an adapter and every rank that is too large
   */
  public static AdapterPlan plan(Architecture architecture, LoraConfig config) {
    return new AdapterPlanner(architecture, config).plan();
  }

  /**
   * The modules that would carry an adapter, without a check that they can.
   *
   * @param architecture the network
   * @param config what the user chose
   * @return in the order of the network; empty where nothing matches
   */
  public static List<ModuleSpec> targets(Architecture architecture, LoraConfig config) {
    AdapterPlanner planner = new AdapterPlanner(architecture, config);
    return planner.matched(planner.savedModules()).stream().filter(planner::kept).toList();
  }

  /**
   * The module that a configuration names where it makes another one inside it train in full.
   *
   * @param architecture the network
   * @param config what the user chose
   * @param path a module
   * @return the outermost module of that kind, maybe the module itself; empty if it does not train
   *     in full
   */
  public static Optional<String> savedAround(
      Architecture architecture, LoraConfig config, String path) {
    return ModuleMatcher.around(path, new AdapterPlanner(architecture, config).savedNames());
  }

  /**
   * A configuration without the targets that name only modules which train in full: peft passes
   * those over, and lists the head among them where it was asked for all linear modules.
   *
   * @param architecture the network
   * @param config what peft was told
   * @return the configuration with at least one target
   */
  public static LoraConfig withoutSavedTargets(Architecture architecture, LoraConfig config) {
    if (!(config.targets() instanceof TargetModules.Named named)) {
      return config;
    }
    List<ModuleSpec> saved = new AdapterPlanner(architecture, config).savedModules();
    List<String> kept =
        named.names().stream()
            .filter(
                name ->
                    architecture.modules().stream()
                            .filter(m -> ModuleMatcher.named(m.path(), name))
                            .anyMatch(m -> !saved.contains(m))
                        || saved.stream().noneMatch(m -> ModuleMatcher.named(m.path(), name)))
            .toList();
    return kept.isEmpty() ? config : config.withTargets(new TargetModules.Named(kept));
  }

  private Set<String> savedNames() {
    return config
        .modulesToSave()
        .<Set<String>>map(LinkedHashSet::new)
        .orElseGet(architecture::head);
  }

  private AdapterPlan plan() {
    List<ModuleSpec> saved = savedModules();
    if (config.targets() instanceof TargetModules.FullTraining) {
      FullTrainingPlan.requireNoAdapterSettings(faults, config);
      faults.throwIfAny();
      return FullTrainingPlan.of(architecture, config, saved, matches);
    }
    List<ModuleSpec> targets = targets(saved);
    ModuleSettings settings = new ModuleSettings(config, faults);
    matches.putAll(settings.matches(targets));
    List<PlannedAdapter> adapters = targets.stream().map(settings::adapter).toList();
    faults.throwIfAny();
    return new AdapterPlan(
        config,
        adapters,
        saved,
        biases(targets, saved),
        List.of(),
        Collections.unmodifiableMap(matches));
  }

  private List<ModuleSpec> savedModules() {
    Set<String> names = savedNames();
    for (String name : names) {
      List<String> matched = paths(m -> ModuleMatcher.around(m.path(), Set.of(name)).isPresent());
      record("modulesToSave " + name, name, matched);
    }
    architecture.tiedTable().ifPresent(table -> requireUntied(table, names));
    return architecture.modules().stream()
        .filter(m -> ModuleMatcher.around(m.path(), names).isPresent())
        .toList();
  }

  /** peft would train a copy of the table for the input and leave the logits the old one. */
  private void requireUntied(String table, Set<String> names) {
    faults.require(
        ModuleMatcher.around(table, names).isEmpty(),
        "modulesToSave: %s cannot train in full, since the logits use its table too; put an adapter"
            + " on it, or untie them in the model",
        table);
  }

  private List<ModuleSpec> targets(List<ModuleSpec> saved) {
    TargetModules rule = config.targets();
    if (rule instanceof TargetModules.Named named) {
      for (String name : named.names()) {
        recordTarget(name, m -> ModuleMatcher.named(m.path(), name), saved);
      }
    } else {
      recordTarget(rule.toString(), m -> wanted(rule, m), saved);
    }
    config
        .excludes()
        .ifPresent(
            exclude ->
                record(
                    "exclude " + exclude,
                    exclude.toString(),
                    paths(m -> ModuleMatcher.matches(exclude, m.path()))));
    List<ModuleSpec> matched = matched(saved);
    List<ModuleSpec> targets = matched.stream().filter(this::kept).toList();
    for (ModuleSpec module : targets) {
      faults.require(
          module instanceof ModuleSpec.Linear || module instanceof ModuleSpec.Embedding,
          "target %s: a %s cannot carry an adapter; linear layers and embeddings can",
          module.path(),
          module.getClass().getSimpleName());
    }
    requireEffect(matched);
    // A rule that matches nothing at all has been reported above.
    faults.require(
        matched.isEmpty() || !targets.isEmpty(),
        "targets: %s matches no module after exclusions and layer selection",
        rule);
    return targets;
  }

  /** An exclusion that removes no target, or a layer without one, is a mistake. */
  private void requireEffect(List<ModuleSpec> matched) {
    config
        .excludes()
        .ifPresent(
            exclude ->
                faults.require(
                    matched.isEmpty()
                        || matched.stream().anyMatch(m -> ModuleMatcher.matches(exclude, m.path())),
                    "exclude %s: removes none of the targets",
                    exclude));
    for (int layer : config.layers().indices()) {
      faults.require(
          matched.isEmpty()
              || matched.stream()
                  .anyMatch(
                      m ->
                          ModuleMatcher.inLayers(
                              m.path(), Set.of(layer), config.layers().patterns())),
          "layers: no target is in layer %s",
          layer);
    }
  }

  /** What the targets match; a module that trains in full gets no adapter. */
  private List<ModuleSpec> matched(List<ModuleSpec> saved) {
    return architecture.modules().stream()
        .filter(m -> wanted(config.targets(), m))
        .filter(m -> !saved.contains(m))
        .toList();
  }

  private boolean wanted(TargetModules rule, ModuleSpec module) {
    if (rule instanceof TargetModules.AllLinear) {
      return module instanceof ModuleSpec.Linear && !givesLogits(module);
    }
    return ModuleMatcher.matches(rule, module.path());
  }

  private boolean kept(ModuleSpec module) {
    return config.excludes().map(e -> !ModuleMatcher.matches(e, module.path())).orElse(true)
        && (namedInFull(module)
            || ModuleMatcher.inLayers(
                module.path(), Set.copyOf(config.layers().indices()), config.layers().patterns()));
  }

  /** As in peft, a module named by its whole path is wanted whatever its layer. */
  private boolean namedInFull(ModuleSpec module) {
    return config.targets() instanceof TargetModules.Named named
        && named.names().contains(module.path());
  }

  private boolean givesLogits(ModuleSpec module) {
    return architecture.outputs().stream()
        .anyMatch(path -> module.path().equals(path) || module.path().startsWith(path + "."));
  }

  private List<String> biases(List<ModuleSpec> targets, List<ModuleSpec> saved) {
    if (config.bias() == BiasMode.NONE) {
      return List.of();
    }
    List<ModuleSpec> sources = config.bias() == BiasMode.ALL ? architecture.modules() : targets;
    return sources.stream()
        .filter(module -> !saved.contains(module))
        .flatMap(module -> module.parameters().stream())
        .filter(parameter -> parameter.kind() == ParameterKind.BIAS)
        .map(ParameterSpec::name)
        .toList();
  }

  private List<String> paths(Predicate<ModuleSpec> rule) {
    return architecture.modules().stream().filter(rule).map(ModuleSpec::path).toList();
  }

  /**
   * As in peft, a module that trains in full gets no adapter. A target that matches nothing else is
   * a contradiction.
   */
  private void recordTarget(String name, Predicate<ModuleSpec> rule, List<ModuleSpec> saved) {
    List<String> matched = paths(rule);
    List<String> free = paths(m -> rule.test(m) && !saved.contains(m));
    record("target " + name, name, matched);
    // What the plan shows: the modules that get an adapter in the end.
    matches.put("target " + name, paths(m -> rule.test(m) && !saved.contains(m) && kept(m)));
    faults.require(
        matched.isEmpty() || !free.isEmpty(),
        "%s: cannot both carry an adapter and train in full; drop it from the targets or from"
            + " modulesToSave",
        name);
  }

  private void record(String label, String name, List<String> matched) {
    matches.put(label, matched);
    faults.require(
        !matched.isEmpty(),
        "%s: matches no module; did you mean: %s?",
        label,
        NearMisses.of(name, architecture.modules().stream().map(ModuleSpec::path).toList()));
  }
}
