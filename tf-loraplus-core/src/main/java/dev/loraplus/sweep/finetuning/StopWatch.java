package dev.loraplus.sweep.finetuning;

import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;

/** Takes the time of some steps after the first, then ends the run by an exception. */
final class StopWatch implements TrainingListener {
  private final int wanted;
  private int steps;
  private double seconds;

  StopWatch(int wanted) {
    this.wanted = wanted;
  }

  /** Ends a run whose steps have been timed. */
  static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Over() {
      super("timed", null, false, false);
    }
  }

  @Override
  public boolean readsMovement() {
    return false;
  }

  @Override
  public void onStep(StepReport report) {
    steps++;
    // The first step optimises the graph.
    if (steps > 1) {
      seconds += report.seconds();
    }
    if (steps > wanted) {
      throw new Over();
    }
  }

  /** Mean seconds of a step; of a run that was too short to leave the first out, 0. */
  double mean() {
    return steps > 1 ? seconds / (steps - 1) : 0;
  }
}
