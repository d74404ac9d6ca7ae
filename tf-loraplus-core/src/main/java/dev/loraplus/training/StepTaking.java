package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.optimizer.StepResult;
import java.util.List;

/** One way to take the steps of a run, in their order. */
interface StepTaking {
  /** What a step did, and on which batches. */
  record Taken(StepResult result, List<Batch> batches) {}

  /**
   * Takes the step after {@code number} steps.
   *
   * @param batches those of this step are next, unless they were taken one step ahead
   * @param another whether the next step may be launched before this one is reported
   */
  Taken take(long number, Ahead<List<Batch>> batches, boolean another);

  /** Takes the step after {@code number} steps and measures how far the groups moved. */
  Taken takeMonitored(long number, Ahead<List<Batch>> batches);

  /**
   * Waits for a step that is not reported and will not be; other batches may come next.
   *
   * @return whether there was one that changed something
   */
  boolean settle();

  /** Takes further steps with other dropout. */
  void restart(StepPlan plan, long seed);
}
