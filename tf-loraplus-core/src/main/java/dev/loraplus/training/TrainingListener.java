package dev.loraplus.training;

/** Watches a run. Calls come from the training thread, in order; an exception ends the run. */
public interface TrainingListener extends AutoCloseable {
  /**
   * The run begins, or continues from a checkpoint.
   *
   * @param firstStep steps taken before
   * @param totalSteps planned steps of the whole run
   */
  default void onStart(long firstStep, long totalSteps) {}

  /**
   * A step was taken. Where the whole step is compiled and no listener {@linkplain #readsMovement
   * reads movement}, the next one may be running already, so that a listener that looks into the
   * model may find it one step ahead; before evaluations, checkpoints and the end no step runs.
   *
   * @param report the step
   */
  default void onStep(StepReport report) {}

  /**
   * The evaluation data was scored.
   *
   * @param report the scores
   */
  default void onEvaluation(EvaluationReport report) {}

  /**
   * Whether this listener reads {@link StepReport.GroupReport#relativeUpdate}. Measuring it costs a
   * few small kernels for each parameter, so it is NaN in runs of which no listener reads it.
   *
   * @return true unless overridden
   */
  default boolean readsMovement() {
    return true;
  }

  /** The run is over, also after a failure. */
  @Override
  default void close() {}
}
