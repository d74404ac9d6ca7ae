package dev.loraplus.optimizer;

import org.tensorflow.Session;
import org.tensorflow.op.Op;

/**
 * One optimizer step on one batch: forward pass, all gradients, clipping, all updates. Made by
 * {@link LoraPlusOptimizer#trainStep}.
 */
public final class TrainStep {
  private final Op update;
  private final StepReadout readout;

  TrainStep(Op update, StepReadout readout) {
    this.update = update;
    this.readout = readout;
  }

  /**
   * The op that takes the step, for runs with other fetches. It leaves everything as it is if the
   * loss or a gradient is not finite, and says so only by the step counter; {@link #run} throws.
   *
   * @return the op
   */
  public Op update() {
    return update;
  }

  /**
   * Takes a step.
   *
   * @param runner a fresh runner with the feeds of the batch and no fetches
   * @return what the step did, without relative updates
   * @throws NotFiniteException if the loss or a gradient is not finite; nothing was updated
   */
  public StepResult run(Session.Runner runner) {
    return readout.run(runner, StepReadout.Detail.NORMS);
  }

  /**
   * Takes a step and measures how far the parameters moved, which costs a few small ops for each of
   * them.
   *
   * @param runner a fresh runner with the feeds of the batch and no fetches
   * @return what the step did, with relative updates
   * @throws NotFiniteException if the loss or a gradient is not finite; nothing was updated
   */
  public StepResult runMonitored(Session.Runner runner) {
    return readout.run(runner, StepReadout.Detail.MOVEMENT);
  }
}
