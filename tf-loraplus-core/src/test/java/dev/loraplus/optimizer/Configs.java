package dev.loraplus.optimizer;

import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.OptionalDouble;

/** Copies of a configuration with one thing changed. */
final class Configs {
  private Configs() {}

  static OptimizerConfig with(OptimizerConfig c, Schedule schedule) {
    return copy(c, c.rule(), c.savedModulesLearningRate(), c.decayExclusions(), schedule);
  }

  static OptimizerConfig with(OptimizerConfig c, UpdateRule rule) {
    return copy(c, rule, c.savedModulesLearningRate(), c.decayExclusions(), c.schedule());
  }

  static OptimizerConfig with(OptimizerConfig c, DecayExclusions exclusions) {
    return copy(c, c.rule(), c.savedModulesLearningRate(), exclusions, c.schedule());
  }

  static OptimizerConfig withSavedModulesRate(OptimizerConfig c, double rate) {
    return copy(c, c.rule(), OptionalDouble.of(rate), c.decayExclusions(), c.schedule());
  }

  static OptimizerConfig withEmbeddingRate(OptimizerConfig c, double rate) {
    return new OptimizerConfig(
        c.rule(),
        c.learningRate(),
        c.ratio(),
        OptionalDouble.of(rate),
        c.savedModulesLearningRate(),
        c.weightDecay(),
        c.decayExclusions(),
        c.maxGradNorm(),
        c.schedule(),
        c.allowRatioBelowOne());
  }

  static OptimizerConfig withDecay(OptimizerConfig c, double decay) {
    return new OptimizerConfig(
        c.rule(),
        c.learningRate(),
        c.ratio(),
        c.embeddingLearningRate(),
        c.savedModulesLearningRate(),
        OptionalDouble.of(decay),
        c.decayExclusions(),
        c.maxGradNorm(),
        c.schedule(),
        c.allowRatioBelowOne());
  }

  static OptimizerConfig withMaxNorm(OptimizerConfig c, double norm) {
    return new OptimizerConfig(
        c.rule(),
        c.learningRate(),
        c.ratio(),
        c.embeddingLearningRate(),
        c.savedModulesLearningRate(),
        c.weightDecay(),
        c.decayExclusions(),
        OptionalDouble.of(norm),
        c.schedule(),
        c.allowRatioBelowOne());
  }

  private static OptimizerConfig copy(
      OptimizerConfig c,
      UpdateRule rule,
      OptionalDouble savedRate,
      DecayExclusions exclusions,
      Schedule schedule) {
    return new OptimizerConfig(
        rule,
        c.learningRate(),
        c.ratio(),
        c.embeddingLearningRate(),
        savedRate,
        c.weightDecay(),
        exclusions,
        c.maxGradNorm(),
        schedule,
        c.allowRatioBelowOne());
  }
}
