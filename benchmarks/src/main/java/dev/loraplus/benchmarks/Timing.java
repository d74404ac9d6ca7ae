package dev.loraplus.benchmarks;

/**
 * Some steps in a row, the last of which was waited for.
 *
 * @param milliseconds of a step: those of all over their number
 * @param loss of the last step
 */
record Timing(double milliseconds, double loss) {
  /** Of steps that began at a time of {@link System#nanoTime}. */
  static Timing since(long started, int steps, double loss) {
    return new Timing((System.nanoTime() - started) / 1e6 / steps, loss);
  }
}
