package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.TextTable;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.curve.Curve;
import dev.loraplus.samples.report.curve.CurvePlot;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paper ratio}: the ratio at fixed rates of A. */
@Command(
    name = "ratio",
    description = "Ratios of 1 to 64 at a cautious and at a higher rate of A.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class RatioCommand implements Callable<Integer> {
  private static final double[] RATIOS = {1, 4, 8, 16, 32, 64};

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  /** For picocli. */
  public RatioCommand() {}

  @Override
  public Integer call() {
    double[] ratesA = options.run().small() ? new double[] {1e-3} : new double[] {1e-4, 1e-3};
    ExperimentRun run = new ExperimentRun(options, spec);
    List<Settings> points = Experiment.ratios(ratesA, RATIOS);
    try (FineTuningTrials trials = run.experiment().trials()) {
      SweepResults results = run.sweep(trials, points);
      String metric = run.experiment().metric();
      Texts.write(
          run.directory().resolve("trials.csv"), GlueCommand.csv(run.experiment(), results));
      plot(results, ratesA, metric).write(run.directory().resolve("ratio.png"));
      run.finish(
          run.experiment().title()
              + String.format(
                  Locale.ROOT, ", %d seeds:%n%n", run.experiment().scoringSeeds().size())
              + table(results, points, metric).render()
              + "\nA widely read description prints, for LLaMA-7B and MMLU and not from the paper,\n"
              + "accuracies of 41.3, 41.5, 41.7, 42.1, 42.0 and 41.6 at ratios 1, 4, 8, 16, 32, 64.\n");
    }
    return 0;
  }

  private static TextTable table(SweepResults results, List<Settings> points, String metric) {
    TextTable table =
        new TextTable(
            "rate A",
            "ratio",
            metric + " at the end",
            "best on the way",
            "steps to it",
            "final loss",
            "diverged");
    for (Settings point : points) {
      List<TrialResult> trials = results.of(point);
      List<TrialResult> completed = trials.stream().filter(r -> !r.diverged()).toList();
      table.row(
          Texts.rate(Experiment.rateA(point)),
          point.number(FineTuningAxes.RATIO).isPresent()
              ? String.format(Locale.ROOT, "%.0f", point.number(FineTuningAxes.RATIO).getAsDouble())
              : "1",
          ArmReport.number(completed.stream().mapToDouble(r -> r.metric(metric)).average()),
          ArmReport.number(
              completed.stream().mapToDouble(r -> score(best(r, metric), metric)).average()),
          whole(completed.stream().mapToLong(r -> best(r, metric).step()).average()),
          ArmReport.number(completed.stream().mapToDouble(ArmReport::finalLoss).average()),
          (trials.size() - completed.size()) + "/" + trials.size());
    }
    return table;
  }

  /** The best measurement of a run, the earliest of equals. */
  private static TrialResult.Measurement best(TrialResult result, String metric) {
    return result.measurements().stream()
        .max(
            Comparator.comparingDouble((TrialResult.Measurement m) -> score(m, metric))
                .thenComparing(Comparator.comparingLong(TrialResult.Measurement::step).reversed()))
        .orElseThrow();
  }

  private static double score(TrialResult.Measurement measurement, String metric) {
    return measurement.metrics().getOrDefault(metric, Double.NaN);
  }

  private static String whole(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.0f", value.getAsDouble()) : "-";
  }

  private static CurvePlot plot(SweepResults results, double[] ratesA, String metric) {
    List<Curve> curves = new ArrayList<>();
    for (double rate : ratesA) {
      List<double[]> points = new ArrayList<>();
      for (Settings point : Experiment.ratios(new double[] {rate}, RATIOS)) {
        results
            .mean(point, metric)
            .ifPresent(
                mean ->
                    points.add(
                        new double[] {
                          point.number(FineTuningAxes.RATIO).orElseThrow(), 100 * mean
                        }));
      }
      if (!points.isEmpty()) {
        curves.add(
            Curve.of(
                "rate of A " + Texts.rate(rate),
                points.stream().mapToDouble(p -> p[0]).toArray(),
                points.stream().mapToDouble(p -> p[1]).toArray()));
      }
    }
    return CurvePlot.of(curves)
        .title("The ratio at fixed rates of A")
        .axes("eta_B / eta_A", metric + " in points")
        .withPoints()
        .logarithmicX();
  }
}
