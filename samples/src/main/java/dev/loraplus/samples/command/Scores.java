package dev.loraplus.samples.command;

import dev.loraplus.training.EvaluationReport;
import java.util.Locale;

/** Scores on one line. */
final class Scores {
  private Scores() {}

  static String text(EvaluationReport report) {
    StringBuilder text = new StringBuilder(format("loss", report.loss()));
    report.metrics().forEach((name, value) -> text.append("  ").append(format(name, value)));
    return text.toString();
  }

  private static String format(String name, double value) {
    return String.format(Locale.ROOT, "%s %.4f", name, value);
  }
}
