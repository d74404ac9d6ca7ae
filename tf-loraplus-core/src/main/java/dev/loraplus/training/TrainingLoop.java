package dev.loraplus.training;

import dev.loraplus.config.EvaluationConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run does around its steps, whatever a step is: it tells listeners, scores the state when
 * that is due, keeps the best one, ends when patience does, and writes checkpoints.
 */
public final class TrainingLoop {
  private final Length length;
  private final EvaluationConfig evaluation;
  private final Optional<? extends Scoring> scoring;
  private final BestValues best;
  private final RunCheckpoints checkpoints;
  private final Progress progress;
  private boolean started;

  /**
   * How long a run is.
   *
   * @param steps of the whole run
   * @param stepsOfEpoch of one pass over the data
   */
  public record Length(long steps, long stepsOfEpoch) {}

  /** The steps of a run, one after the other. */
  public interface Steps extends AutoCloseable {
    /**
     * Those taken so far.
     *
     * @return over the whole run, what came before a checkpoint included
     */
    long taken();

    /**
     * Takes the next one.
     *
     * @param watching says whether it reads how far the groups moved
     * @param another whether the one after it follows at once, so that it may be launched before
     *     this one is reported
     * @return what the step did
     */
    StepReport take(TrainingListener watching, boolean another);

    /** Ends what the steps keep going, before anything else looks at the model. */
    @Override
    default void close() {}
  }

  /** Scores the evaluation data. */
  public interface Scoring {
    /**
     * What may decide which state is best.
     *
     * @return names of metrics, the first by default
     */
    List<String> names();

    /**
     * Scores the state after some steps.
     *
     * @param step steps taken
     * @return the scores
     * @throws EvaluationNotFiniteException if the loss is not finite
     */
    EvaluationReport at(long step);
  }

  /**
   * Prepares a run.
   *
   * @param length its steps
   * @param evaluation when the state is scored and what follows
   * @param scoring how; empty without evaluation data
   * @param best nothing so far
   * @param checkpoints which hold {@code best} too
   * @throws dev.loraplus.config.ConfigurationException if a setting needs evaluation data and there
   *     is none, or there is no metric of that name
   */
  public TrainingLoop(
      Length length,
      EvaluationConfig evaluation,
      Optional<? extends Scoring> scoring,
      BestValues best,
      RunCheckpoints checkpoints) {
    if (scoring.isEmpty()) {
      evaluation.requireUnset();
    }
    this.length = length;
    this.evaluation = evaluation;
    this.scoring = scoring;
    this.best = best;
    this.checkpoints = checkpoints;
    this.progress =
        new Progress(evaluation, scoring.map(Scoring::names).orElseGet(() -> List.of("loss")));
  }

  /**
   * Goes back to the newest checkpoint, if there is one.
   *
   * @return steps that it had taken; empty without one
   * @throws CheckpointException if it is damaged or of another run, saying what differs
   */
  public OptionalLong resume() {
    return checkpoints.resume(progress);
  }

  /** Whether {@link #run} took hold of the checkpoints. */
  boolean hasStarted() {
    return started;
  }

  /**
   * Takes the remaining steps.
   *
   * @param listeners watch the run; they are closed at its end, also after a failure
   * @param until steps after which it ends as if the process did, at most those of the whole run
   * @param steps closed after the last one
   * @return how it ended; with {@code keepBest} the best state is then restored
   * @throws CheckpointException if a fresh run would write into a directory that holds checkpoints,
   *     or a checkpoint cannot be written
   */
  public TrainingResult run(List<? extends TrainingListener> listeners, long until, Steps steps) {
    long start = System.nanoTime();
    try (Listeners all = new Listeners(listeners)) {
      checkpoints.begin(steps.taken());
      started = true;
      all.onStart(steps.taken(), length.steps());
      boolean stopped = takeSteps(all, until, steps);
      if (evaluation.keepBest()) {
        best.restore();
      }
      return new TrainingResult(
          steps.taken(),
          progress.lastLoss(),
          progress.evaluations(),
          progress.best(),
          stopped,
          (System.nanoTime() - start) / 1e9);
    } finally {
      best.close();
    }
  }

  /** True if patience ended the run; one that had stopped early does not go on when resumed. */
  private boolean takeSteps(Listeners listeners, long until, Steps steps) {
    try (steps) {
      while (steps.taken() < until && !progress.outOfPatience()) {
        long next = steps.taken() + 1;
        boolean another = next < until && !evaluationDue(next) && !checkpoints.due(next);
        StepReport report = steps.take(listeners, another);
        progress.lastLoss(report.loss());
        listeners.onStep(report);
        evaluateIfDue(listeners, next);
        checkpoints.saveIfDue(next, progress);
      }
      return progress.outOfPatience();
    }
  }

  private boolean evaluationDue(long step) {
    return step == length.steps() || evaluation.due(step, length.stepsOfEpoch());
  }

  private void evaluateIfDue(Listeners listeners, long step) {
    if (scoring.isEmpty() || !evaluationDue(step) || progress.evaluatedAt(step)) {
      return;
    }
    EvaluationReport report = scoring.get().at(step);
    if (progress.add(report) && evaluation.keepBest()) {
      best.take();
    }
    listeners.onEvaluation(report);
  }
}
