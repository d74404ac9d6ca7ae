package dev.loraplus.samples.command;

import dev.loraplus.training.TrainingResult;
import java.util.Locale;

/** What commands that train say of a run. */
final class RunLines {
  static final String NO_BEST =
      "no best state: the metric was never a number; this is the last state";

  private RunLines() {}

  /** Where a resumed run goes on. */
  static String resumed(long steps) {
    return steps == 0
        ? "no checkpoint yet, starting from the beginning"
        : "continuing after step " + steps;
  }

  /** How a run ended. */
  static String ended(TrainingResult result) {
    return String.format(
        Locale.ROOT,
        "%s after %d steps in %.1f s, training loss %.4f",
        result.stoppedEarly() ? "stopped early" : "done",
        result.steps(),
        result.seconds(),
        result.finalLoss());
  }
}
