package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.samples.report.curve.Curve;
import dev.loraplus.samples.report.curve.CurvePlot;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Results of trials as numbers, files and curves. */
final class TrialTexts {
  /** Steps that losses are averaged over. */
  static final int WINDOW = 10;

  private TrialTexts() {}

  /** Mean training loss of the last steps; NaN, which nothing reaches, for a run without them. */
  static double finalLoss(TrialResult result) {
    List<Double> losses = result.losses();
    return losses.size() < WINDOW
        ? Double.NaN
        : losses.subList(losses.size() - WINDOW, losses.size()).stream()
            .mapToDouble(Double::doubleValue)
            .average()
            .orElse(Double.NaN);
  }

  /** What a trial gave for each development text. */
  static double[] predictions(TrialResult result) {
    return result.scores().examples().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Those that ran to their end. */
  static List<TrialResult> completed(List<TrialResult> results) {
    return results.stream().filter(result -> !result.diverged()).toList();
  }

  /** How many of all diverged, such as {@code 0/3}. */
  static String diverged(List<TrialResult> results) {
    return results.size() - completed(results).size() + "/" + results.size();
  }

  static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "";
  }

  static String whole(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.0f", value.getAsDouble()) : "";
  }

  /** Mean wall time of a trial. */
  static String seconds(SweepResults sweep, List<TrialResult> results) {
    OptionalDouble mean =
        results.stream()
            .map(r -> sweep.seconds(r.trial()))
            .flatMapToDouble(OptionalDouble::stream)
            .average();
    return mean.isPresent() ? String.format(Locale.ROOT, "%.1f", mean.getAsDouble()) : "";
  }

  /** Writes a line for each trial. */
  static void write(Path file, Experiment experiment, SweepResults results) {
    Table table =
        Table.of(
            "",
            "settings",
            "rate_A",
            "rate_B",
            "seed",
            "status",
            experiment.metric(),
            "final_loss");
    for (TrialResult result : results.all()) {
      Settings point = result.trial().settings();
      table =
          table.with(
              point.text(),
              Double.toString(Experiment.rateA(point)),
              Double.toString(Experiment.rateB(point)),
              Long.toString(result.trial().seed()),
              result.diverged() ? "diverged" : "completed",
              Double.toString(result.metric(experiment.metric())),
              Double.toString(finalLoss(result)));
    }
    Texts.write(file, table.csv());
  }

  /**
   * Training losses with a band over the seeds; runs that diverged are left out.
   *
   * @return nothing if all diverged
   */
  static Optional<CurvePlot> losses(Experiment experiment, Map<String, List<TrialResult>> results) {
    List<Curve> curves = new ArrayList<>();
    results.forEach(
        (name, all) -> {
          List<TrialResult> completed = completed(all);
          if (!completed.isEmpty()) {
            curves.add(curve(name, completed));
          }
        });
    return curves.isEmpty()
        ? Optional.empty()
        : Optional.of(CurvePlot.of(curves).title(experiment.title()).smoothed());
  }

  private static Curve curve(String name, List<TrialResult> results) {
    int steps = results.get(0).losses().size();
    return new Curve(
        name,
        IntStream.rangeClosed(1, steps).asDoubleStream().toArray(),
        results.stream()
            .map(r -> r.losses().stream().mapToDouble(Double::doubleValue).toArray())
            .toList());
  }

  /** How long all trials took, over all processes. */
  static String timeOf(SweepResults... sweeps) {
    double seconds = 0;
    int count = 0;
    for (SweepResults sweep : sweeps) {
      for (TrialResult result : sweep.all()) {
        seconds += sweep.seconds(result.trial()).orElse(0);
        count++;
      }
    }
    return String.format(
        Locale.ROOT,
        "%d trials, which took %s in all processes together.",
        count,
        ProgressLines.text(seconds));
  }
}
