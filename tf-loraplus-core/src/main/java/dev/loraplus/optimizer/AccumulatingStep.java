package dev.loraplus.optimizer;

import dev.loraplus.graph.Runs;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * One optimizer step on several micro-batches: {@link #accumulate} each of them, then {@link
 * #apply} their weighted mean. Made by {@link LoraPlusOptimizer#accumulatingStep}.
 *
 * <p>The sums are no part of a checkpoint, since checkpoints are taken between steps. A step that
 * is broken off begins anew after {@link #discard}. One object serves one session at a time.
 */
public final class AccumulatingStep {
  private final Op accumulate;
  private final Operand<TFloat32> weight;
  private final Operand<TFloat32> loss;
  private final Op reset;
  private final StepReadout readout;
  private int pending;

  AccumulatingStep(
      Op accumulate,
      Operand<TFloat32> weight,
      Operand<TFloat32> loss,
      Op reset,
      StepReadout readout) {
    this.accumulate = accumulate;
    this.weight = weight;
    this.loss = loss;
    this.reset = reset;
    this.readout = readout;
  }

  /**
   * Adds the gradients of a micro-batch of weight 1.
   *
   * @param runner a fresh runner with the feeds of the micro-batch and no fetches
   * @return loss of the micro-batch, which may not be finite: apply then throws
   */
  public double accumulate(Session.Runner runner) {
    runner.addTarget(accumulate).fetch(loss);
    try (Result result = Runs.run(runner)) {
      pending++;
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /**
   * Adds the gradients of a micro-batch, weighted. With the number of examples as weight the step
   * is that of one big batch, also where the micro-batches differ in size.
   *
   * @param runner a fresh runner with the feeds of the micro-batch and no fetches
   * @param microBatchWeight above 0
   * @return loss of the micro-batch, which may not be finite: apply then throws
   * @throws IllegalArgumentException if the weight is not above 0 and finite
   */
  public double accumulate(Session.Runner runner, double microBatchWeight) {
    if (!(microBatchWeight > 0) || Double.isInfinite(microBatchWeight)) {
      throw new IllegalArgumentException(
          "micro-batch weight: must be above 0 and finite, got " + microBatchWeight);
    }
    try (TFloat32 value = TFloat32.scalarOf((float) microBatchWeight)) {
      return accumulate(runner.feed(weight, value));
    }
  }

  /**
   * Takes a step with the mean of what was accumulated, and empties the sums.
   *
   * @param session session of the graph
   * @return what the step did, without relative updates
   * @throws NotFiniteException if a loss or a gradient is not finite; nothing was updated and the
   *     sums are empty
   * @throws IllegalStateException if nothing was accumulated since the last step
   */
  public StepResult apply(Session session) {
    return apply(session, StepReadout.Detail.NORMS);
  }

  /**
   * As {@link #apply}, and measures how far the parameters moved.
   *
   * @param session session of the graph
   * @return what the step did, with relative updates
   * @throws NotFiniteException if a loss or a gradient is not finite; nothing was updated and the
   *     sums are empty
   * @throws IllegalStateException if nothing was accumulated since the last step
   */
  public StepResult applyMonitored(Session session) {
    return apply(session, StepReadout.Detail.MOVEMENT);
  }

  /**
   * Empties the sums without a step.
   *
   * @param session session of the graph
   */
  public void discard(Session session) {
    Runs.run(session.runner().addTarget(reset)).close();
    pending = 0;
  }

  private StepResult apply(Session session, StepReadout.Detail detail) {
    if (pending == 0) {
      throw new IllegalStateException("apply: nothing was accumulated since the last step");
    }
    pending = 0;
    return readout.run(session.runner(), detail);
  }
}
