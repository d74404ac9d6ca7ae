package dev.loraplus.sweep.finetuning;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.sweep.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The axes that fine-tuning knows, each a field of the configuration. What a point does not name
 * stays as the base configuration has it.
 *
 * <p>Rates, ratio and schedule are values in the running graph, and so is the start {@link
 * #A_ZERO}; points that differ in them alone share one graph.
 */
public final class FineTuningAxes {
  /** The learning rate of A. */
  public static final String RATE_A = "rateA";

  /** The learning rate of B; not together with {@link #RATIO}. */
  public static final String RATE_B = "rateB";

  /** eta_B / eta_A; below 1 is allowed. */
  public static final String RATIO = "ratio";

  /** The rank r. */
  public static final String RANK = "rank";

  /** The numerator of the scaling. */
  public static final String ALPHA = "alpha";

  /** A name of {@link LoraInit}, or {@link #A_ZERO}. */
  public static final String INIT = "init";

  /** A name of {@link LoraVariant}. */
  public static final String VARIANT = "variant";

  /** {@code constant}, {@code linear} or {@code cosine}. */
  public static final String SCHEDULE = "schedule";

  /** A name that {@link UpdateRule#named} knows. */
  public static final String RULE = "rule";

  /**
   * The other start with B A = 0 of the paper (section 2): A = 0 and B ~ U(-b, b) with b =
   * 1/sqrt(r), where the default has B = 0 and A random. peft does not have it.
   */
  public static final String A_ZERO = "A_ZERO";

  /**
   * {@link #ADAPTERS}, or {@link #FULL} for training every parameter of the network at the rate of
   * A, the head at its own where it has one.
   */
  public static final String METHOD = "method";

  /** The adapters of the base configuration. */
  public static final String ADAPTERS = "ADAPTERS";

  /** No adapters: all weights train. */
  public static final String FULL = "FULL";

  private static final List<String> ALL =
      List.of(RATE_A, RATE_B, RATIO, RANK, ALPHA, INIT, VARIANT, SCHEDULE, RULE, METHOD);

  private static final List<String> OF_ADAPTERS =
      List.of(RATE_B, RATIO, RANK, ALPHA, INIT, VARIANT);

  private static final Map<String, Schedule> SCHEDULES =
      new TreeMap<>(
          Map.of(
              "constant", Schedule.constant(),
              "linear", Schedule.linear(),
              "cosine", Schedule.cosine()));

  private FineTuningAxes() {}

  /**
   * The configuration of a point.
   *
   * @param base everything that the point does not name
   * @param settings the point
   * @return the configuration
   * @throws ConfigurationException if an axis or a value is unknown or out of range
   */
  public static FineTuningConfig apply(FineTuningConfig base, Settings settings) {
    Faults faults = new Faults();
    for (String axis : settings.values().keySet()) {
      faults.require(ALL.contains(axis), "axis: must be one of %s, got '%s'", ALL, axis);
    }
    faults.require(
        settings.number(RATE_B).isEmpty() || settings.number(RATIO).isEmpty(),
        "axes: rateB and ratio say the same thing, name one of them");
    boolean full = full(settings, faults);
    for (String axis : full ? OF_ADAPTERS : List.<String>of()) {
      faults.require(
          !settings.values().containsKey(axis),
          "axis %s: is about adapters, which the method FULL does not have",
          axis);
    }
    faults.throwIfAny();
    return new FineTuningConfig(
        base.task(),
        full ? withoutAdapters(base.lora()) : lora(base.lora(), settings),
        optimizer(base.optimizer(), settings),
        base.training(),
        base.compute());
  }

  /** All parameters then have one rate. */
  private static boolean trainsInFull(Settings settings) {
    return settings.name(METHOD).map(FULL::equals).orElse(false);
  }

  /** Whether a point starts at A = 0. */
  static boolean startsAtZeroA(Settings settings) {
    return settings.name(INIT).map(A_ZERO::equals).orElse(false);
  }

  private static boolean full(Settings settings, Faults faults) {
    String method = settings.name(METHOD).orElse(ADAPTERS);
    faults.require(
        method.equals(ADAPTERS) || method.equals(FULL),
        "axis method: must be one of %s, got '%s'",
        List.of(ADAPTERS, FULL),
        method);
    return trainsInFull(settings);
  }

  /** The head trains as it does beside adapters. */
  private static LoraConfig withoutAdapters(LoraConfig base) {
    return LoraConfig.of(base.rank(), base.alpha(), TargetModules.fullTraining())
        .withModulesToSave(base.modulesToSave());
  }

  private static LoraConfig lora(LoraConfig base, Settings settings) {
    return new LoraConfig(
        settings.number(RANK).isPresent()
            ? whole(RANK, settings.number(RANK).getAsDouble())
            : base.rank(),
        settings.number(ALPHA).orElse(base.alpha()),
        base.dropout(),
        base.targets(),
        base.excludes(),
        base.layers(),
        base.patterns(),
        base.bias(),
        base.modulesToSave(),
        init(base.init(), settings),
        settings
            .name(VARIANT)
            .map(name -> constant(VARIANT, LoraVariant.values(), name))
            .orElse(base.variant()),
        base.rsLora());
  }

  private static LoraInit init(LoraInit base, Settings settings) {
    if (startsAtZeroA(settings)) {
      return LoraInit.KAIMING_UNIFORM;
    }
    return settings.name(INIT).map(name -> constant(INIT, LoraInit.values(), name)).orElse(base);
  }

  private static OptimizerConfig optimizer(OptimizerConfig base, Settings settings) {
    double rateA = settings.number(RATE_A).orElse(base.learningRate());
    double ratio =
        settings.number(RATE_B).isPresent()
            ? settings.number(RATE_B).getAsDouble() / rateA
            : settings.number(RATIO).orElse(trainsInFull(settings) ? 1 : base.ratio());
    return new OptimizerConfig(
        settings.name(RULE).map(UpdateRule::named).orElse(base.rule()),
        rateA,
        ratio,
        base.embeddingLearningRate(),
        base.savedModulesLearningRate(),
        base.weightDecay(),
        base.decayExclusions(),
        base.maxGradNorm(),
        settings.name(SCHEDULE).map(FineTuningAxes::schedule).orElse(base.schedule()),
        true);
  }

  private static Schedule schedule(String name) {
    Schedule schedule = SCHEDULES.get(name.toLowerCase(Locale.ROOT));
    if (schedule == null) {
      throw new ConfigurationException(
          "axis schedule: must be one of " + SCHEDULES.keySet() + ", got '" + name + "'");
    }
    return schedule;
  }

  private static <E extends Enum<E>> E constant(String axis, E[] values, String name) {
    return Arrays.stream(values)
        .filter(value -> value.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    String.format(
                        "axis %s: must be one of %s, got '%s'",
                        axis, Arrays.toString(values), name)));
  }

  private static int whole(String axis, double value) {
    new Faults()
        .require(
            value == Math.rint(value) && value >= 1 && value <= Integer.MAX_VALUE,
            "axis %s: must be a whole number of at least 1, got %s",
            axis,
            value)
        .throwIfAny();
    return (int) value;
  }
}
