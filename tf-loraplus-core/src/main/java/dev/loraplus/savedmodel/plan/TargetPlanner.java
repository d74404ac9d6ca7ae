package dev.loraplus.savedmodel.plan;

import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.adapter.ModuleMatcher;
import dev.loraplus.adapter.NearMisses;
import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.TargetModules;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Resolves a {@link LoraConfig} against the weights of a flat graph. A name speaks of a weight by
 * its path, with slashes or dots, and of a layer's weights other than its bias by the layer's:
 * {@code query}, {@code query/kernel} and {@code attention.query.kernel} all find {@code
 * encoder/attention/query/kernel}.
 */
public final class TargetPlanner {
  private final Inspection inspection;
  private final LoraConfig config;
  private final AdapterPlacement placement;
  private final Faults faults = new Faults();
  private final Map<String, List<String>> matches = new LinkedHashMap<>();

  private TargetPlanner(Inspection inspection, LoraConfig config, AdapterPlacement placement) {
    this.inspection = inspection;
    this.config = config;
    this.placement = placement;
  }

  /**
   * Decides where adapters attach.
   *
   * @param inspection the weights
   * @param config what the user chose
   * @param placement where adapters come in
   * @return the plan
   * @throws ConfigurationException listing every name that matches nothing with its near misses,
   *     every named weight that cannot carry an adapter, and every setting that does not fit
   */
  public static TargetPlan plan(
      Inspection inspection, LoraConfig config, AdapterPlacement placement) {
    return new TargetPlanner(inspection, config, placement).plan();
  }

  private TargetPlan plan() {
    FitChecks.require(faults, config);
    List<Kernel> saved = savedWeights();
    List<Target> matched =
        inspection.targets().stream()
            .filter(target -> wanted(target))
            .filter(target -> !saved.contains(target.kernel()))
            .toList();
    requireNames(saved);
    List<Target> kept = matched.stream().filter(target -> kept(target.kernel())).toList();
    requireEffect(matched, kept);
    requirePatterns("rankPattern", config.patterns().ranks().keySet(), kept);
    requirePatterns("alphaPattern", config.patterns().alphas().keySet(), kept);
    List<PlannedTarget> adapters = kept.stream().map(this::adapter).toList();
    List<Kernel> biases = biases(kept, saved);
    faults.throwIfAny();
    return new TargetPlan(
        config, adapters, saved, biases, placement, Collections.unmodifiableMap(matches));
  }

  private boolean wanted(Target target) {
    if (config.targets() instanceof TargetModules.AllLinear) {
      return !target.lookup() && !target.uses().isEmpty() && !target.givesOutput();
    }
    return matches(config.targets(), target.kernel());
  }

  private boolean kept(Kernel kernel) {
    return config.excludes().map(rule -> !matches(rule, kernel)).orElse(true)
        && ModuleMatcher.inLayers(
            kernel.path(), Set.copyOf(config.layers().indices()), config.layers().patterns());
  }

  static boolean matches(TargetModules rule, Kernel kernel) {
    if (rule instanceof TargetModules.Named named) {
      return named.names().stream().anyMatch(name -> named(kernel, name));
    }
    return ModuleMatcher.matches(rule, kernel.path())
        || ModuleMatcher.matches(rule, kernel.path().replace('.', '/'));
  }

  private static boolean named(Kernel kernel, String name) {
    String path = Kernel.path(name);
    return ModuleMatcher.named(kernel.path(), path)
        || (ModuleMatcher.named(kernel.layer(), path) && !kernel.isBias());
  }

  /** As in peft, a layer that trains in full does so with its bias. */
  private List<Kernel> savedWeights() {
    List<String> names = config.modulesToSave().orElse(List.of());
    names.forEach(name -> record("modulesToSave " + name, name, kernel -> saved(kernel, name)));
    List<Kernel> saved =
        inspection.kernels().stream()
            .filter(kernel -> names.stream().anyMatch(name -> saved(kernel, name)))
            .toList();
    saved.forEach(kernel -> FitChecks.requireTrainable(faults, "modulesToSave", kernel));
    return saved;
  }

  private static boolean saved(Kernel kernel, String name) {
    return named(kernel, name) || ModuleMatcher.named(kernel.layer(), Kernel.path(name));
  }

  /** Each name must find a weight, and a weight that can carry an adapter. */
  private void requireNames(List<Kernel> saved) {
    TargetModules rule = config.targets();
    faults.require(
        !(rule instanceof TargetModules.FullTraining),
        "targets: full training is for models built here; name the weights of a SavedModel in"
            + " modulesToSave");
    if (rule instanceof TargetModules.Named named) {
      for (String name : named.names()) {
        record("target " + name, name, kernel -> named(kernel, name) && !saved.contains(kernel));
        requireAttachable("target " + name, kernel -> named(kernel, name));
      }
    } else if (rule instanceof TargetModules.Regex) {
      record(
          "target " + rule,
          rule.toString(),
          kernel -> matches(rule, kernel) && !saved.contains(kernel));
      requireAttachable("target " + rule, kernel -> matches(rule, kernel));
    } else {
      List<String> paths =
          inspection.targets().stream().filter(this::wanted).map(t -> t.kernel().path()).toList();
      matches.put("target " + rule, paths);
      faults.require(
          !paths.isEmpty(),
          "target %s: no weight of this graph is a linear layer's%s",
          rule,
          leftOut());
    }
    config
        .excludes()
        .ifPresent(
            rule2 ->
                record("exclude " + rule2, rule2.toString(), kernel -> matches(rule2, kernel)));
  }

  /** The layers that all-linear does not mean, for one who means them. */
  private String leftOut() {
    List<String> heads =
        inspection.targets().stream()
            .filter(target -> target.givesOutput() && !target.lookup())
            .map(target -> target.kernel().path())
            .toList();
    return heads.isEmpty()
        ? ""
        : ", but for what gives the output: " + heads + "; to adapt it, name it as a target";
  }

  /**
   * Biases beside a matched weight are no targets; a matched matrix that cannot be one is a fault.
   */
  private void requireAttachable(String label, Predicate<Kernel> rule) {
    List<Kernel> named = inspection.kernels().stream().filter(rule).toList();
    boolean any = inspection.targets().stream().anyMatch(target -> named.contains(target.kernel()));
    for (Kernel kernel : named) {
      String reason = inspection.refused().get(kernel.path());
      faults.require(
          reason == null || !kept(kernel) || (any && kernel.shape().size() < 2),
          "%s: %s cannot carry an adapter: %s",
          label,
          kernel.path(),
          reason);
    }
  }

  private void requireEffect(List<Target> matched, List<Target> kept) {
    config
        .excludes()
        .ifPresent(
            rule ->
                faults.require(
                    matched.isEmpty() || matched.stream().anyMatch(t -> matches(rule, t.kernel())),
                    "exclude %s: removes none of the targets",
                    rule));
    faults.require(
        matched.isEmpty() || !kept.isEmpty(),
        "targets: %s matches no weight after exclusions and layer selection",
        config.targets());
  }

  private PlannedTarget adapter(Target target) {
    String path = target.kernel().path();
    int rank = chosen("rankPattern", config.patterns().ranks(), path, config.rank());
    double alpha = chosen("alphaPattern", config.patterns().alphas(), path, config.alpha());
    // s = alpha / r, for rsLoRA alpha / sqrt(r)
    double scaling = alpha / (config.rsLora() ? Math.sqrt(rank) : rank);
    LoraSettings settings =
        new LoraSettings(rank, scaling, config.dropout(), config.init(), config.variant());
    Target placed = placed(target);
    FitChecks.require(faults, placed, settings);
    return new PlannedTarget(placed, settings, alpha);
  }

  private Target placed(Target target) {
    return config.variant() == LoraVariant.DORA
        ? target.inWeight("which DoRA scales as a whole")
        : target.placed(placement, config.dropout() > 0);
  }

  private List<Kernel> biases(List<Target> adapted, List<Kernel> saved) {
    if (config.bias() == BiasMode.NONE) {
      return List.of();
    }
    Set<String> layers = new HashSet<>();
    adapted.forEach(target -> layers.add(target.kernel().layer()));
    List<Kernel> biases =
        inspection.kernels().stream()
            .filter(kernel -> kernel.isBias() && !saved.contains(kernel))
            .filter(kernel -> config.bias() == BiasMode.ALL || layers.contains(kernel.layer()))
            .filter(kernel -> adapted.stream().noneMatch(t -> t.kernel().equals(kernel)))
            .toList();
    matches.put("bias " + config.bias(), biases.stream().map(Kernel::path).toList());
    faults.require(
        adapted.isEmpty() || !biases.isEmpty(),
        "bias: %s finds none: no variable%s is called bias; name it in modulesToSave",
        config.bias(),
        config.bias() == BiasMode.ALL ? "" : " beside an adapted weight");
    biases.forEach(kernel -> FitChecks.requireTrainable(faults, "bias", kernel));
    return biases;
  }

  private <V> V chosen(String setting, Map<String, V> patterns, String path, V otherwise) {
    List<Map.Entry<String, V>> matching =
        patterns.entrySet().stream()
            .filter(entry -> ModuleMatcher.pattern(path, Kernel.path(entry.getKey())))
            .toList();
    if (matching.isEmpty()) {
      return otherwise;
    }
    faults.require(
        matching.stream().map(Map.Entry::getValue).distinct().count() == 1,
        "%s of %s: the patterns %s all match; make them agree or exclude each other",
        setting,
        path,
        matching);
    return matching.get(0).getValue();
  }

  private void requirePatterns(String setting, Set<String> patterns, List<Target> targets) {
    for (String pattern : patterns) {
      List<String> matched =
          targets.stream()
              .map(target -> target.kernel().path())
              .filter(path -> ModuleMatcher.pattern(path, Kernel.path(pattern)))
              .toList();
      matches.put(setting + " " + pattern, matched);
      faults.require(
          !matched.isEmpty(),
          "%s '%s': matches no adapted weight of %s",
          setting,
          pattern,
          targets.stream().map(target -> target.kernel().path()).toList());
    }
  }

  private void record(String label, String name, Predicate<Kernel> rule) {
    List<String> matched = inspection.kernels().stream().filter(rule).map(Kernel::path).toList();
    matches.put(label, matched);
    List<String> all = inspection.kernels().stream().map(Kernel::path).toList();
    faults.require(!all.isEmpty(), "%s: the graph holds no weight to match", label);
    faults.require(
        all.isEmpty() || !matched.isEmpty(),
        "%s: matches no weight; did you mean: %s?",
        label,
        NearMisses.of(Kernel.path(name), all));
  }
}
