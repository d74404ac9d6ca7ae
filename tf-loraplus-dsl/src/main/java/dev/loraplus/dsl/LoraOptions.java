package dev.loraplus.dsl;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The adapters as given so far, and their checked form. */
final class LoraOptions {
  final Setting<Integer> rank =
      Setting.required("rank", "set it in the lora section, such as rank(8)", 1);
  final Setting<Double> alpha = Setting.optional("alpha");
  final Setting<Double> dropout = Setting.preset("dropout", 0.0);
  final Setting<BiasMode> bias = Setting.preset("bias", BiasMode.NONE);
  final Setting<LoraInit> init = Setting.preset("init", LoraInit.KAIMING_UNIFORM);
  final Setting<LoraVariant> variant = Setting.preset("variant", LoraVariant.PLAIN);
  final ModuleChoice targets = new ModuleChoice("target modules", "targets");
  final ModuleChoice excludes = new ModuleChoice("excluded modules", "exclude");
  final Listing<Integer> layers = new Listing<>("layers");
  final Listing<String> layersPatterns = new Listing<>("layersPattern");
  final Keyed<Integer> ranks = new Keyed<>("rankFor");
  final Keyed<Double> alphas = new Keyed<>("alphaFor");
  final Listing<String> saved = new Listing<>("saveModules");
  boolean saveNone;
  boolean rsLora;

  /** Alpha so far, which is the rank where alpha is not set. */
  double currentAlpha() {
    return alpha.isSet() ? alpha.current() : rank.current();
  }

  LoraConfig build() {
    Faults faults = new Faults();
    faults.require(
        targets.isSet(),
        "target modules: are required; set them in the lora section with targets(\"query\","
            + " \"value\"), targetsMatching(regex) or allLinear()");
    TargetModules where = targets.find(faults).orElseGet(TargetModules::allLinear);
    int r = rank.value(faults);
    // A rank below 1 is a fault of its own and must not show up as one of alpha too.
    double scale = alpha.find(faults).orElse((double) Math.max(1, r));
    double drop = dropout.value(faults);
    Optional<TargetModules> except = excludes.find(faults);
    List<Integer> indices = layers.value(faults);
    List<String> lists = layersPatterns.value(faults);
    LayerSelection selection = faults.collect(() -> new LayerSelection(indices, lists));
    Map<String, Integer> rankPattern = ranks.value(faults);
    Map<String, Double> alphaPattern = alphas.value(faults);
    Patterns patterns = faults.collect(() -> new Patterns(rankPattern, alphaPattern));
    BiasMode biases = bias.value(faults);
    Optional<List<String>> inFull = savedModules(faults);
    LoraInit start = init.value(faults);
    LoraVariant make = variant.value(faults);
    LoraConfig config =
        faults.collect(
            () ->
                new LoraConfig(
                    r,
                    scale,
                    drop,
                    where,
                    except,
                    orElse(selection, LayerSelection.all()),
                    orElse(patterns, Patterns.none()),
                    biases,
                    inFull,
                    start,
                    make,
                    rsLora));
    faults.throwIfAny();
    return Faults.built(config);
  }

  /** A part with faults of its own is replaced, so that those of the whole come too. */
  private static <T> T orElse(@Nullable T part, T replacement) {
    return part == null ? replacement : part;
  }

  private Optional<List<String>> savedModules(Faults faults) {
    List<String> names = saved.value(faults);
    faults.require(
        !saveNone || !saved.isSet(),
        "saved modules: set by saveModules(%s) and by saveNoModules(); keep one",
        String.join(", ", names));
    return saveNone || saved.isSet() ? Optional.of(names) : Optional.empty();
  }
}
