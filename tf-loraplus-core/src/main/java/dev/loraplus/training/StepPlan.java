package dev.loraplus.training;

import dev.loraplus.config.RunLength;
import dev.loraplus.config.TrainingConfig;
import dev.loraplus.data.batch.BatchPlan;
import dev.loraplus.data.batch.Batcher;
import java.util.List;

/**
 * Which batches each optimizer step takes: a function of the step, so that a resumed run sees the
 * data of the uninterrupted one. The last step of an epoch may take fewer batches.
 */
final class StepPlan {
  private final Batcher batcher;
  private final int accumulation;
  private final RunLength length;
  private int cachedEpoch = -1;
  private List<BatchPlan> cached = List.of();

  StepPlan(Batcher batcher, TrainingConfig config) {
    this.batcher = batcher;
    this.accumulation = config.batches().accumulation();
    this.length = config.length();
  }

  long stepsPerEpoch() {
    return ceilDivide(batcher.batchesPerEpoch(), accumulation);
  }

  long totalSteps() {
    if (length instanceof RunLength.Epochs epochs) {
      return Math.multiplyExact(epochs.count(), stepsPerEpoch());
    }
    return ((RunLength.Steps) length).count();
  }

  /** The batches of a step, from 0. */
  List<BatchPlan> batches(long step) {
    int epoch = Math.toIntExact(step / stepsPerEpoch());
    if (epoch != cachedEpoch) {
      cached = batcher.epoch(epoch);
      cachedEpoch = epoch;
    }
    int first = Math.toIntExact(step % stepsPerEpoch()) * accumulation;
    return cached.subList(first, Math.min(first + accumulation, cached.size()));
  }

  /** A number for a batch of a step that no other batch of the run has. */
  long draw(long step, int batch) {
    return step * accumulation + batch;
  }

  private static long ceilDivide(long a, long b) {
    return (a + b - 1) / b;
  }
}
