package dev.loraplus.training.monitor;

/** Where progress is shown. */
interface ProgressDisplay extends AutoCloseable {
  /** The run begins or continues. */
  void start(long firstStep, long totalSteps);

  /** A step was taken. */
  void step(long step, long totalSteps, ProgressText text);

  /** A message that stays on the screen. */
  void message(String line);

  @Override
  void close();
}
