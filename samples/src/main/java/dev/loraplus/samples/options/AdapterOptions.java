package dev.loraplus.samples.options;

import dev.loraplus.config.BiasMode;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which adapters: core's {@link LoraConfig}. */
@Command(name = "Adapters")
public final class AdapterOptions {
  private static final String NONE = "none";

  @Option(names = "--rank", paramLabel = "R", description = "Rank; default: ${DEFAULT-VALUE}.")
  private int rank = 8;

  @Option(
      names = "--alpha",
      paramLabel = "ALPHA",
      description = "Scaling is alpha / rank; default: ${DEFAULT-VALUE}.")
  private double alpha = 16;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout of the inputs of A; default: ${DEFAULT-VALUE}.")
  private double dropout;

  @ArgGroup private @Nullable Targets targets;
  @ArgGroup private @Nullable Exclusions exclusions;

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "N",
      description = "Layers to adapt, from 0; default: all.")
  private List<Integer> layers = new ArrayList<>();

  @Option(
      names = "--layers-pattern",
      split = ",",
      paramLabel = "NAME",
      description = "Name of the layer list that --layers counts; default: any.")
  private List<String> layersPatterns = new ArrayList<>();

  @Option(
      names = "--rank-pattern",
      paramLabel = "PATTERN=R",
      description = "Another rank for modules by path suffix or regular expression; repeatable.")
  private Map<String, Integer> rankPattern = new LinkedHashMap<>();

  @Option(
      names = "--alpha-pattern",
      paramLabel = "PATTERN=ALPHA",
      description = "Another alpha for modules by path suffix or regular expression; repeatable.")
  private Map<String, Double> alphaPattern = new LinkedHashMap<>();

  @Option(
      names = "--bias",
      paramLabel = "WHICH",
      description = "Biases that train: none, all or lora-only; default: none.")
  private BiasMode bias = BiasMode.NONE;

  @Option(
      names = "--save-modules",
      split = ",",
      paramLabel = "MODULE",
      description = "Modules that train in full, or none; default: the task's head.")
  private List<String> savedModules = new ArrayList<>();

  @Option(
      names = "--init",
      paramLabel = "HOW",
      description =
          "How A starts: kaiming-uniform, gaussian, none, pissa, olora or orthogonal; default:"
              + " kaiming-uniform.")
  private LoraInit init = LoraInit.KAIMING_UNIFORM;

  @Option(names = "--rslora", description = "Scale by alpha / sqrt(rank).")
  private boolean rsLora;

  @ArgGroup private @Nullable Variant variant;

  /** At most one variant of the adapter. */
  static final class Variant {
    @Option(names = "--dora", description = "Train a magnitude vector too (DoRA).")
    private boolean dora;

    @Option(names = "--lora-bias", description = "Give B a bias.")
    private boolean loraBias;

    LoraVariant choice() {
      return dora ? LoraVariant.DORA : loraBias ? LoraVariant.B_BIAS : LoraVariant.PLAIN;
    }
  }

  /** At most one rule says what is adapted. */
  static final class Targets {
    @Option(
        names = "--targets",
        split = ",",
        paramLabel = "MODULE",
        description = {
          "Modules by path or suffix; default, by family: query,value for bert and roberta;",
          "q_lin,v_lin for distilbert; c_attn for gpt2; q_proj,v_proj for llama, mistral and qwen2."
        })
    private List<String> names = new ArrayList<>();

    @Option(
        names = "--targets-regex",
        paramLabel = "REGEX",
        description = "Modules whose whole path matches.")
    private @Nullable String regex;

    @Option(names = "--all-linear", description = "Every linear layer but the head.")
    private boolean allLinear;

    TargetModules rule() {
      if (allLinear) {
        return TargetModules.allLinear();
      }
      return regex == null ? new TargetModules.Named(names) : TargetModules.regex(regex);
    }
  }

  /** At most one rule says what is left out. */
  static final class Exclusions {
    @Option(
        names = "--exclude",
        split = ",",
        paramLabel = "MODULE",
        description = "Modules that get no adapter although they are targets.")
    private List<String> names = new ArrayList<>();

    @Option(
        names = "--exclude-regex",
        paramLabel = "REGEX",
        description = "The same, by a match of the whole path.")
    private @Nullable String regex;

    TargetModules rule() {
      return regex == null ? new TargetModules.Named(names) : TargetModules.regex(regex);
    }
  }

  /**
   * The adapters as chosen.
   *
   * @param usual what gets adapters where nothing is chosen
   * @return the configuration
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  public LoraConfig config(Supplier<TargetModules> usual) {
    Faults faults = new Faults();
    TargetModules rule = faults.collect(() -> targets == null ? usual.get() : targets.rule());
    Optional<TargetModules> excluded =
        faults.collect(() -> Optional.ofNullable(exclusions).map(Exclusions::rule));
    // A stand-in lets the faults of the other values be found in the same go.
    LoraConfig config =
        faults.collect(
            () ->
                config(
                    rule == null ? TargetModules.allLinear() : rule,
                    excluded == null ? Optional.empty() : excluded));
    faults.throwIfAny();
    return Faults.built(config);
  }

  private LoraConfig config(TargetModules rule, Optional<TargetModules> excluded) {
    return new LoraConfig(
        rank,
        alpha,
        dropout,
        rule,
        excluded,
        new LayerSelection(layers, layersPatterns),
        new Patterns(rankPattern, alphaPattern),
        bias,
        savedModules(),
        init,
        variant == null ? LoraVariant.PLAIN : variant.choice(),
        rsLora);
  }

  private Optional<List<String>> savedModules() {
    if (savedModules.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(savedModules.equals(List.of(NONE)) ? List.of() : savedModules);
  }
}
