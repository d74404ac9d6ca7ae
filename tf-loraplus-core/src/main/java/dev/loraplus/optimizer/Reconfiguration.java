package dev.loraplus.optimizer;

import dev.loraplus.config.Faults;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;

/** What of a configuration is built into the graph and so cannot change in a running session. */
final class Reconfiguration {
  private Reconfiguration() {}

  static void require(OptimizerConfig built, OptimizerConfig changed, long totalSteps) {
    String rebuild = "it is part of the graph; build a new one for another";
    new Faults()
        .require(
            built.rule().equals(changed.rule()),
            "update rule: is %s, got %s (%s)",
            built.rule(),
            changed.rule(),
            rebuild)
        .require(
            built.decayExclusions().equals(changed.decayExclusions()),
            "decay exclusions: are %s, got %s (%s)",
            built.decayExclusions(),
            changed.decayExclusions(),
            rebuild)
        .require(
            built.savedModulesLearningRate().isPresent()
                == changed.savedModulesLearningRate().isPresent(),
            "savedModulesLearningRate: is %s, got %s (the number may change, but not whether saved"
                + " modules are a group)",
            built.savedModulesLearningRate(),
            changed.savedModulesLearningRate())
        .require(
            totalSteps > 0 || changed.schedule().equals(Schedule.constant()),
            "schedule: %s needs the planned number of steps, and this optimizer was built without"
                + " it",
            changed.schedule().displayName())
        .throwIfAny();
  }
}
