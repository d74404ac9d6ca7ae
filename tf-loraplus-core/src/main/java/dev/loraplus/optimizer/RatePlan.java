package dev.loraplus.optimizer;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The learning rate of every group at every step of a run, in double precision.
 *
 * <p>The schedule gives the rate of group A. Every other group has a constant multiple of it, so
 * the proportions, the LoRA+ ratio among them, are the same at every step:
 *
 * <pre>
 * eta_B(t)         = ratio x eta_A(t)
 * eta_embedding(t) = eta_A(t) / learningRate x embeddingLearningRate
 * </pre>
 */
public final class RatePlan {
  /** The longest plan with a schedule that is not constant; eight bytes a step. */
  static final long MAX_STEPS = 20_000_000;

  private final double[] rateOfA;
  private final double learningRate;
  private final Map<ParameterGroup, Proportion> proportions;

  /**
   * Evaluates the schedule for every step.
   *
   * @param config rates and schedule
   * @param totalSteps planned optimizer steps, at least 0
   * @throws ConfigurationException if the schedule is below 0 or not finite at some step, a part of
   *     it lies beyond the run, or the run is too long
   */
  public RatePlan(OptimizerConfig config, long totalSteps) {
    if (totalSteps < 0 || totalSteps > MAX_STEPS) {
      throw new ConfigurationException(
          "totalSteps: must be in [0, " + MAX_STEPS + "], got " + totalSteps);
    }
    Schedule schedule = config.schedule();
    schedule.requireReached(totalSteps);
    Schedule.Run run = new Schedule.Run(config.learningRate(), totalSteps);
    rateOfA = new double[Math.toIntExact(totalSteps) + 1];
    for (int step = 0; step < rateOfA.length; step++) {
      rateOfA[step] = checked(schedule.rateAt(step, run), schedule, step);
    }
    learningRate = config.learningRate();
    proportions = proportions(config);
  }

  /**
   * The rates of a step.
   *
   * @param step optimizer steps already taken, at least 0; beyond the planned end the last rates
   *     hold
   * @return the rate of each group, SAVED_MODULES only where it has a rate of its own
   */
  public Map<ParameterGroup, Double> rates(long step) {
    double rate = rateOfA[Math.toIntExact(Math.min(step, rateOfA.length - 1L))];
    Map<ParameterGroup, Double> rates = new EnumMap<>(ParameterGroup.class);
    proportions.forEach((group, part) -> rates.put(group, part.rate(rate, learningRate)));
    return Collections.unmodifiableMap(rates);
  }

  /**
   * The rates before the schedule scales them.
   *
   * @param config the configured rates
   * @return the rate of each group, SAVED_MODULES only where it has a rate of its own
   */
  public static Map<ParameterGroup, Double> baseRates(OptimizerConfig config) {
    Map<ParameterGroup, Double> rates = new EnumMap<>(ParameterGroup.class);
    double rate = config.learningRate();
    proportions(config).forEach((group, part) -> rates.put(group, part.rate(rate, rate)));
    return Collections.unmodifiableMap(rates);
  }

  /** The rate of A for the steps 0 to totalSteps, the last one for all steps beyond. */
  double[] table() {
    return rateOfA.clone();
  }

  /** How the groups that have a rate depend on the rate of A. */
  static Map<ParameterGroup, Proportion> proportions(OptimizerConfig config) {
    Map<ParameterGroup, Proportion> proportions = new EnumMap<>(ParameterGroup.class);
    Proportion b = new Proportion(config.ratio(), 0);
    proportions.put(ParameterGroup.A, new Proportion(1, 0));
    proportions.put(ParameterGroup.EMBEDDING, new Proportion(0, config.embeddingRate()));
    proportions.put(ParameterGroup.B, b);
    proportions.put(ParameterGroup.B_NO_DECAY, b);
    config
        .savedModulesLearningRate()
        .ifPresent(rate -> proportions.put(ParameterGroup.SAVED_MODULES, new Proportion(0, rate)));
    return proportions;
  }

  /**
   * The rate eta_A(t) ofA + (eta_A(t) / learningRate) own; one of the two is 0. Both terms keep the
   * configured number exactly where the schedule gives the base rate.
   */
  record Proportion(double ofA, double own) {
    double rate(double rateOfA, double learningRate) {
      return rateOfA * ofA + rateOfA / learningRate * own;
    }
  }

  private static double checked(double rate, Schedule schedule, int step) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "schedule %s: must be at least 0 and finite at every step, got %s at step %d",
              schedule.displayName(),
              rate,
              step));
    }
    return rate;
  }
}
