package dev.loraplus.samples.options;

import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.Faults;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the adapters learn: core's {@link OptimizerConfig}. */
@Command(name = "Learning rates and decay")
public final class OptimizerOptions {
  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Rate of A and of saved weights; default: ${DEFAULT-VALUE}.")
  private double learningRate = 2e-4;

  @Option(
      names = "--ratio",
      paramLabel = "LAMBDA",
      description =
          "Rate of B over rate of A, 1 is LoRA; default: 16, with lorafa, where A stays, 1.")
  private @Nullable Double ratio;

  @Option(names = "--allow-ratio-below-one", description = "A ratio below 1 is meant.")
  private boolean allowRatioBelowOne;

  @Option(
      names = "--embedding-lr",
      paramLabel = "RATE",
      description = "Rate of embedding adapters, not times the ratio; default: 1.0E-6.")
  private @Nullable Double embeddingRate;

  @Option(
      names = "--head-lr",
      paramLabel = "RATE",
      description = "Rate of modules that train in full; default: weights as A, biases as B.")
  private @Nullable Double headRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "DECAY",
      description = "Weight decay; default: 0.0.")
  private @Nullable Double weightDecay;

  @Option(
      names = "--no-decay",
      paramLabel = "REGEX",
      description =
          "Parameters that do not decay, by a match in the name; repeatable. Biases and"
              + " LayerNorms do not anyway.")
  private List<String> noDecay = new ArrayList<>();

  @Option(names = "--decay-biases", description = "Let biases decay too.")
  private boolean decayBiases;

  @Option(names = "--decay-layer-norms", description = "Let LayerNorm weights decay too.")
  private boolean decayLayerNorms;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Clip the global gradient norm; default: no clipping.")
  private @Nullable Double maxGradNorm;

  @Mixin private final RuleOptions rule = new RuleOptions();
  @Mixin private final ScheduleOptions schedule = new ScheduleOptions();

  /**
   * The optimizer as chosen.
   *
   * @return the configuration
   * @throws dev.loraplus.config.ConfigurationException listing every value that breaks a rule
   */
  public OptimizerConfig config() {
    Faults faults = new Faults();
    UpdateRule updates = faults.collect(rule::rule);
    Schedule course = faults.collect(schedule::schedule);
    DecayExclusions exclusions =
        faults.collect(() -> new DecayExclusions(!decayBiases, !decayLayerNorms, noDecay));
    // Stand-ins let the faults of the other values be found in the same go.
    OptimizerConfig config =
        faults.collect(
            () ->
                config(
                    updates == null ? UpdateRule.adamW() : updates,
                    course == null ? Schedule.constant() : course,
                    exclusions == null ? DecayExclusions.standard() : exclusions));
    faults.throwIfAny();
    return Faults.built(config);
  }

  private OptimizerConfig config(UpdateRule updates, Schedule course, DecayExclusions exclusions) {
    return new OptimizerConfig(
        updates,
        learningRate,
        ratio == null ? (updates instanceof UpdateRule.LoraFa ? 1 : 16) : ratio,
        optional(embeddingRate),
        optional(headRate),
        optional(weightDecay),
        exclusions,
        optional(maxGradNorm),
        course,
        allowRatioBelowOne);
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
