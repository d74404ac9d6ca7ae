package dev.loraplus.training.monitor;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the loss of every step and every evaluation in memory, for plots and comparisons. A run
 * that resumes at step k drops what was recorded after k. Safe to read from another thread.
 */
public final class LossHistory implements TrainingListener {
  private final List<Point> losses = new ArrayList<>();
  private final List<EvaluationReport> evaluations = new ArrayList<>();

  /**
   * The training loss of one step.
   *
   * @param step optimizer steps taken, this one included
   * @param loss mean loss of the step's batches
   */
  public record Point(long step, double loss) {}

  /** Starts empty. */
  public LossHistory() {}

  @Override
  public boolean readsMovement() {
    return false;
  }

  @Override
  public synchronized void onStart(long firstStep, long totalSteps) {
    if (firstStep == 0) {
      losses.clear();
      evaluations.clear();
    }
    losses.removeIf(point -> point.step() > firstStep);
    evaluations.removeIf(report -> report.step() > firstStep);
  }

  @Override
  public synchronized void onStep(StepReport report) {
    losses.add(new Point(report.step(), report.loss()));
  }

  @Override
  public synchronized void onEvaluation(EvaluationReport report) {
    // The first thing a resumed run does may be the evaluation that the earlier attempt ended on.
    evaluations.removeIf(earlier -> earlier.step() == report.step());
    evaluations.add(report);
  }

  /**
   * The losses so far.
   *
   * @return a copy, in order of the steps
   */
  public synchronized List<Point> losses() {
    return List.copyOf(losses);
  }

  /**
   * The evaluations so far.
   *
   * @return a copy, in order of the steps
   */
  public synchronized List<EvaluationReport> evaluations() {
    return List.copyOf(evaluations);
  }
}
