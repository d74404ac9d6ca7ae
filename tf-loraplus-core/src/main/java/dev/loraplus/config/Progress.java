package dev.loraplus.config;

import dev.loraplus.config.Schedule.Run;

/** The share of a run that lies behind a step. */
final class Progress {
  private Progress() {}

  /** From 0 at the start to 1 at the planned end and beyond it; 1 for a run without steps. */
  static double of(long step, Run run) {
    return run.totalSteps() <= 0 ? 1 : Math.min(1, (double) step / run.totalSteps());
  }
}
