package dev.loraplus.dsl;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.Faults;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The training as given so far, and its checked form. */
final class TrainingOptions {
  final Setting<Integer> batchSize = Setting.preset("batchSize", 32);
  final Setting<Integer> gradientAccumulation = Setting.preset("gradientAccumulation", 1);
  final Setting<Integer> maxLength = Setting.preset("maxLength", 128);
  final Setting<BatchOrder> order = Setting.preset("order", BatchOrder.SHUFFLED);
  final Setting<Long> seed = Setting.preset("seed", 0L);
  final Setting<Long> evaluateEvery = Setting.optional("evaluateEvery");
  final Setting<String> metric = Setting.optional("metric");
  final Setting<Double> minimumGain = Setting.preset("minimumGain", 0.0);
  final Setting<RunLength> length =
      Setting.required(
          "length",
          "set it in the training section with epochs(3) or steps(500)",
          RunLength.epochs(1));
  final Listing<Integer> lengthBuckets = new Listing<>("lengthBuckets");
  final Setting<Long> patience = Setting.optional("patience");
  final Setting<CheckpointConfig> checkpoints = Setting.optional("checkpoints");
  boolean keepBest;

  TrainingConfig build() {
    Faults faults = new Faults();
    RunLength howLong = length.value(faults);
    BatchConfig batches = batches(faults);
    EvaluationConfig evaluation = evaluation(faults);
    Optional<CheckpointConfig> saves = checkpoints.find(faults);
    long start = seed.value(faults);
    faults.throwIfAny();
    return new TrainingConfig(
        howLong, Faults.built(batches), Faults.built(evaluation), saves, start);
  }

  private @Nullable BatchConfig batches(Faults faults) {
    int size = batchSize.value(faults);
    int accumulation = gradientAccumulation.value(faults);
    int tokens = maxLength.value(faults);
    var buckets = lengthBuckets.value(faults);
    BatchOrder visits = order.value(faults);
    return faults.collect(() -> new BatchConfig(size, accumulation, tokens, buckets, visits));
  }

  private @Nullable EvaluationConfig evaluation(Faults faults) {
    OptionalLong every = orNone(evaluateEvery.find(faults));
    Optional<String> decisive = metric.find(faults);
    OptionalLong waits = orNone(patience.find(faults));
    double gain = minimumGain.value(faults);
    return faults.collect(() -> new EvaluationConfig(every, decisive, keepBest, waits, gain));
  }

  private static OptionalLong orNone(Optional<Long> value) {
    return value.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }
}
