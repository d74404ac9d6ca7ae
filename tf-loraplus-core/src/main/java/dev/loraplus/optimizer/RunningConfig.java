package dev.loraplus.optimizer;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import org.tensorflow.Session;

/**
 * The configuration that an optimizer follows at present. Its numbers may change in a running
 * session; what is built into the graph may not.
 */
final class RunningConfig {
  private final long totalSteps;
  private OptimizerConfig config;
  private RatePlan plan;

  RunningConfig(OptimizerConfig config, long totalSteps) {
    this.totalSteps = totalSteps;
    this.config = config;
    this.plan = new RatePlan(config, totalSteps);
  }

  /** Gives a configuration back that suits a run of unknown length. */
  static OptimizerConfig requireConstant(OptimizerConfig config) {
    if (!config.schedule().equals(Schedule.constant())) {
      throw new ConfigurationException(
          "totalSteps: the schedule "
              + config.schedule().displayName()
              + " needs the planned number of steps; pass it to the constructor");
    }
    return config;
  }

  OptimizerConfig config() {
    return config;
  }

  /** The rates of the steps under this configuration. */
  RatePlan plan() {
    return plan;
  }

  /**
   * Follows another one, whose numbers the settings of a session get; on a fault nothing changes.
   */
  void change(OptimizerConfig changed, ParameterGroups groups, Settings settings, Session session) {
    requireChangeable(changed);
    Faults faults = new Faults();
    ParameterGroups.requireUsed(groups.parameters(), changed, faults);
    faults.throwIfAny();
    RatePlan changedPlan = new RatePlan(changed, totalSteps);
    settings.assign(session, changed, changedPlan);
    config = changed;
    plan = changedPlan;
  }

  private void requireChangeable(OptimizerConfig changed) {
    String rebuild = "it is part of the graph; build a new one for another";
    new Faults()
        .require(
            config.rule().equals(changed.rule()),
            "update rule: is %s, got %s (%s)",
            config.rule(),
            changed.rule(),
            rebuild)
        .require(
            config.decayExclusions().equals(changed.decayExclusions()),
            "decay exclusions: are %s, got %s (%s)",
            config.decayExclusions(),
            changed.decayExclusions(),
            rebuild)
        .require(
            config.savedModulesLearningRate().isPresent()
                == changed.savedModulesLearningRate().isPresent(),
            "savedModulesLearningRate: is %s, got %s (the number may change, but not whether saved"
                + " modules are a group)",
            config.savedModulesLearningRate(),
            changed.savedModulesLearningRate())
        .require(
            totalSteps > 0 || changed.schedule().equals(Schedule.constant()),
            "schedule: %s needs the planned number of steps, and this optimizer was built without"
                + " it",
            changed.schedule().displayName())
        .throwIfAny();
  }
}
