package dev.loraplus.training.monitor;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a progress display says, in numbers that do not depend on the locale. */
final class ProgressText {
  /** Speed and remaining time come from this many last steps. */
  private static final int WINDOW = 50;

  private final Deque<StepReport> recent = new ArrayDeque<>();

  void add(StepReport report) {
    recent.addLast(report);
    if (recent.size() > WINDOW) {
      recent.removeFirst();
    }
  }

  /** Loss and the rates of the two groups that LoRA+ is about, and the speed. */
  String values() {
    StepReport last = recent.getLast();
    return String.format(
        Locale.ROOT,
        "loss %.4f  rate A %.1e  B %.1e  %.0f tokens/s",
        last.loss(),
        last.rateA(),
        last.rateB(),
        tokensPerSecond());
  }

  /** The time that the remaining steps take at the pace of the last ones. */
  String remaining() {
    StepReport last = recent.getLast();
    double perStep = recent.stream().mapToDouble(StepReport::seconds).average().orElse(0);
    return clock((last.totalSteps() - last.step()) * perStep) + " left";
  }

  static String count(long step, long totalSteps) {
    long percent = totalSteps == 0 ? 100 : Math.floorDiv(100 * step, totalSteps);
    return String.format(Locale.ROOT, "step %d/%d %3d%%", step, totalSteps, percent);
  }

  static String evaluation(EvaluationReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "evaluation at step %d: loss %.4f", report.step(), report.loss()));
    for (Map.Entry<String, Double> metric : new TreeMap<>(report.metrics()).entrySet()) {
      text.append(String.format(Locale.ROOT, "  %s %.4f", metric.getKey(), metric.getValue()));
    }
    return text.append(String.format(Locale.ROOT, "  (%.1f s)", report.seconds())).toString();
  }

  private double tokensPerSecond() {
    double seconds = recent.stream().mapToDouble(StepReport::seconds).sum();
    long tokens = recent.stream().mapToLong(StepReport::tokens).sum();
    return seconds > 0 ? tokens / seconds : 0;
  }

  /** Seconds as h:mm:ss, rounded up so that it reads zero only at the end. */
  static String clock(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
