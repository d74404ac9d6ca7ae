package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
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
import java.util.Map;
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

  /** MMLU of LLaMA-7B by a description that is not the paper. */
  private static final Map<Double, String> SECONDARY =
      Map.of(1.0, "41.3", 4.0, "41.5", 8.0, "41.7", 16.0, "42.1", 32.0, "42.0", 64.0, "41.6");

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
      TrialTexts.write(run.file("trials.csv"), run.experiment(), results);
      Findings findings = Findings.titled("The ratio: " + run.experiment().title());
      findings.table(table(run.experiment(), results, points));
      findings.text(
          "The secondary source is a widely read description of LoRA+, for LLaMA-7B and MMLU; the"
              + " paper has no such table. There, 64 and sometimes 32 are called unstable.");
      findings.picture(
          run.file("ratio.png"),
          "Score at the end by the ratio, mean of the seeds.",
          plot(results, ratesA, metric)::write);
      findings.text(TrialTexts.timeOf(results));
      run.finish(findings);
    }
    return 0;
  }

  private static Table table(Experiment experiment, SweepResults results, List<Settings> points) {
    String metric = experiment.metric();
    Table table =
        Table.of(
            "Mean of " + experiment.scoringSeeds().size() + " seeds",
            "rate A",
            "ratio",
            metric + " at the end",
            "best on the way",
            "steps to it",
            "final loss",
            "diverged",
            "secondary source");
    for (Settings point : points) {
      List<TrialResult> completed = TrialTexts.completed(results.of(point));
      double ratio = point.number(FineTuningAxes.RATIO).orElse(1);
      table =
          table.with(
              Texts.rate(Experiment.rateA(point)),
              String.format(Locale.ROOT, "%.0f", ratio),
              TrialTexts.number(completed.stream().mapToDouble(r -> r.metric(metric)).average()),
              TrialTexts.number(
                  completed.stream().mapToDouble(r -> score(best(r, metric), metric)).average()),
              TrialTexts.whole(completed.stream().mapToLong(r -> best(r, metric).step()).average()),
              TrialTexts.number(completed.stream().mapToDouble(TrialTexts::finalLoss).average()),
              TrialTexts.diverged(results.of(point)),
              SECONDARY.getOrDefault(ratio, ""));
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
        .subtitle("Mean of the seeds; a ratio of which one diverged is left out.")
        .axes("eta_B / eta_A", metric + " in points")
        .withPoints()
        .logarithmicX();
  }
}
