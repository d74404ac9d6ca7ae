package dev.loraplus.samples.quickstart;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/** The result as a table: mean and standard deviation over seeds, against the first arm. */
final class ComparisonTable {
  private static final String FORMAT = "%-16s %8s %6s   %-17s %-15s %-22s %-10s%n";

  private final Map<Arm, List<Trial>> results;
  private final List<Trial> baseline;

  ComparisonTable(Map<Arm, List<Trial>> results) {
    this.results = results;
    this.baseline = results.values().iterator().next();
  }

  String render() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            FORMAT,
            "",
            "rate A",
            "ratio",
            "dev accuracy",
            "final loss",
            "steps to LoRA's loss",
            "seconds"));
    results.forEach(
        (arm, trials) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    FORMAT,
                    arm.name(),
                    String.format(Locale.ROOT, "%.0e", arm.learningRate()),
                    String.format(Locale.ROOT, "%.4g", arm.ratio()),
                    spread(trials, Trial::accuracy, "%.3f ± %.3f"),
                    spread(trials, Trial::finalLoss, "%.2f ± %.2f"),
                    stepsToBaseline(trials),
                    spread(trials, Trial::seconds, "%.0f ± %.0f"))));
    return text.toString();
  }

  /** Mean difference in accuracy to the first arm, paired by seed. */
  double gain(Arm arm) {
    List<Trial> trials = results.getOrDefault(arm, List.of());
    double sum = 0;
    for (int i = 0; i < trials.size(); i++) {
      sum += trials.get(i).accuracy() - baseline.get(i).accuracy();
    }
    return sum / trials.size();
  }

  /** Steps until the training loss is what the first arm ends with, seed by seed. */
  private String stepsToBaseline(List<Trial> trials) {
    double sum = 0;
    double squares = 0;
    int reached = 0;
    for (int i = 0; i < trials.size(); i++) {
      OptionalInt steps = trials.get(i).stepsTo(baseline.get(i).finalLoss());
      if (steps.isPresent()) {
        reached++;
        sum += steps.getAsInt();
        squares += (double) steps.getAsInt() * steps.getAsInt();
      }
    }
    if (reached == 0) {
      return "never";
    }
    String mean =
        String.format(Locale.ROOT, "%.0f ± %.0f", sum / reached, deviation(sum, squares, reached));
    return reached == trials.size() ? mean : mean + " (" + reached + "/" + trials.size() + ")";
  }

  private static String spread(List<Trial> trials, ToDoubleFunction<Trial> value, String format) {
    double sum = trials.stream().mapToDouble(value).sum();
    double squares = trials.stream().mapToDouble(t -> Math.pow(value.applyAsDouble(t), 2)).sum();
    int count = trials.size();
    return String.format(Locale.ROOT, format, sum / count, deviation(sum, squares, count));
  }

  /** Sample standard deviation; 0 for a single value. */
  private static double deviation(double sum, double squares, int count) {
    return count < 2 ? 0 : Math.sqrt(Math.max(0, (squares - sum * sum / count) / (count - 1)));
  }
}
