package dev.loraplus.sweep;

/** Watches a sweep. Calls come from the sweep's thread, in order; an exception ends the sweep. */
public interface SweepListener {
  /**
   * The sweep begins or continues.
   *
   * @param done trials whose results were found in the file
   * @param total trials of the sweep
   */
  default void onStart(int done, int total) {}

  /**
   * A trial took a step.
   *
   * @param trial which
   * @param step steps it has taken
   * @param loss of the step
   */
  default void onStep(Trial trial, int step, double loss) {}

  /**
   * A trial ended and its result is on the disk.
   *
   * @param result how it went
   * @param done trials that have ended
   * @param total trials of the sweep
   * @param seconds wall time of the trial
   */
  default void onTrial(TrialResult result, int done, int total, double seconds) {}
}
