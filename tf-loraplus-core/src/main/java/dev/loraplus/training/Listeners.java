package dev.loraplus.training;

import java.util.List;

/** The listeners of a run as one. Every one of them is closed, also if another fails to close. */
public final class Listeners implements TrainingListener {
  private final List<? extends TrainingListener> all;

  /**
   * Listeners as one.
   *
   * @param all in the order in which they are told
   */
  public Listeners(List<? extends TrainingListener> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public void onStart(long firstStep, long totalSteps) {
    all.forEach(listener -> listener.onStart(firstStep, totalSteps));
  }

  @Override
  public void onStep(StepReport report) {
    all.forEach(listener -> listener.onStep(report));
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    all.forEach(listener -> listener.onEvaluation(report));
  }

  @Override
  public boolean readsMovement() {
    return all.stream().anyMatch(TrainingListener::readsMovement);
  }

  /** Throws what the first to fail threw, with what others threw as suppressed. */
  @Override
  public void close() {
    RuntimeException first = null;
    for (TrainingListener listener : all) {
      try {
        listener.close();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else if (first != e) {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
