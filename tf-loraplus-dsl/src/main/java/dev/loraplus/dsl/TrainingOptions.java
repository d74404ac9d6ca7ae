package dev.loraplus.dsl;

import dev.loraplus.config.BatchConfig;
import dev.loraplus.config.BatchOrder;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.config.EvaluationConfig;
import dev.loraplus.config.Faults;
import dev.loraplus.config.RowLayout;
import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
  final Setting<Integer> fittedBuckets = Setting.optional("fittedBuckets");
  final Setting<Integer> packedLength = Setting.optional("packedLength");
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
    RowLayout layout = layout(faults);
    BatchOrder visits = order.value(faults);
    return faults.collect(() -> new BatchConfig(size, accumulation, tokens, layout, visits));
  }

  /** The one that was chosen; the standard one stands in for it where there is a fault. */
  private RowLayout layout(Faults faults) {
    List<Integer> lengths = lengthBuckets.value(faults);
    Optional<Integer> fitted = fittedBuckets.find(faults);
    Optional<Integer> packed = packedLength.find(faults);
    Map<String, Supplier<RowLayout>> given = new LinkedHashMap<>();
    if (!lengths.isEmpty()) {
      given.put("lengthBuckets(" + joined(lengths) + ")", () -> new RowLayout.Padded(lengths));
    }
    fitted.ifPresent(n -> given.put("fittedBuckets(" + n + ")", () -> new RowLayout.Fitted(n)));
    packed.ifPresent(n -> given.put("packedLength(" + n + ")", () -> new RowLayout.Packed(n)));
    faults.require(
        given.size() <= 1,
        "row layout: set by %s; keep one",
        String.join(" and by ", given.keySet()));
    RowLayout chosen = RowLayout.STANDARD;
    for (Supplier<RowLayout> each : given.values()) {
      RowLayout layout = faults.collect(each);
      chosen = layout == null ? chosen : layout;
    }
    return chosen;
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining(", "));
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
