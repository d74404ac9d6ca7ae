package dev.loraplus.dsl;

import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.Faults;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.Optional;
import java.util.OptionalDouble;

/** The optimizer as given so far, and its checked form. */
final class OptimizerOptions {
  final Setting<Double> learningRate =
      Setting.required(
          "learningRate", "set it in the loraPlus section, such as learningRate(2e-4)", 1.0);
  final Setting<Double> ratio =
      Setting.required(
          "ratio", "set it in the loraPlus section, such as ratio(4); ratio(1) is plain LoRA", 1.0);
  final Setting<Double> embeddingLearningRate =
      Setting.preset("embeddingLearningRate", OptimizerConfig.DEFAULT_EMBEDDING_LEARNING_RATE);
  final Setting<Double> savedModulesLearningRate = Setting.optional("savedModulesLearningRate");
  final Setting<Double> weightDecay = Setting.preset("weightDecay", 0.0);
  final Setting<Double> maxGradNorm = Setting.optional("maxGradNorm");
  final Setting<Schedule> schedule = Setting.preset("schedule", Schedule.constant());
  final Setting<UpdateRule> rule = Setting.preset("update rule", UpdateRule.adamW());
  final Listing<String> undecayed = new Listing<>("excludeFromDecay");
  boolean decayBiases;
  boolean decayLayerNorms;
  boolean allowRatioBelowOne;

  OptimizerConfig build() {
    Faults faults = new Faults();
    double rate = learningRate.value(faults);
    double times = ratio.value(faults);
    OptionalDouble embeddings = orNone(embeddingLearningRate.find(faults));
    OptionalDouble savedModules = orNone(savedModulesLearningRate.find(faults));
    OptionalDouble decay = orNone(weightDecay.find(faults));
    DecayExclusions exclusions = decayExclusions(faults);
    OptionalDouble norm = orNone(maxGradNorm.find(faults));
    UpdateRule update = rule.value(faults);
    Schedule course = schedule.value(faults);
    OptimizerConfig config =
        faults.collect(
            () ->
                new OptimizerConfig(
                    update,
                    rate,
                    times,
                    embeddings,
                    savedModules,
                    decay,
                    exclusions,
                    norm,
                    course,
                    allowRatioBelowOne));
    faults.throwIfAny();
    return Faults.built(config);
  }

  private DecayExclusions decayExclusions(Faults faults) {
    var patterns = undecayed.value(faults);
    DecayExclusions exclusions =
        faults.collect(() -> new DecayExclusions(!decayBiases, !decayLayerNorms, patterns));
    return exclusions == null ? DecayExclusions.standard() : exclusions;
  }

  private static OptionalDouble orNone(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
  }
}
