package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.TextTable;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.heatmap.Heatmap;
import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import dev.loraplus.training.metrics.Metric.Better;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paper glue}: the heatmaps over both rates, and LoRA+ against LoRA tuned as long. */
@Command(
    name = "glue",
    description = {
      "A task of GLUE, or WordNet's classes, over a grid of both rates, and LoRA tuned over as many",
      "equal rates; the winners scored on fresh seeds."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class GlueCommand implements Callable<Integer> {
  /** The grid of the paper's RoBERTa and GPT-2 experiments. */
  private static final double[] PAPER_A = {1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 4e-4, 8e-4};

  private static final double[] PAPER_B = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 4e-3};

  /** Shorter runs want higher rates. */
  private static final double[] SMALL_A = {8e-4, 3.2e-3, 1.28e-2};

  private static final double[] SMALL_B = {8e-4, 3.2e-3, 1.28e-2, 5.12e-2};

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  /** For picocli. */
  public GlueCommand() {}

  @Override
  public Integer call() {
    boolean small = options.run().small();
    double[] ratesA = small ? SMALL_A : PAPER_A;
    double[] ratesB = small ? SMALL_B : PAPER_B;
    List<Settings> grid =
        SearchSpace.grid(
            List.of(
                Axis.numbers(FineTuningAxes.RATE_A, ratesA),
                Axis.numbers(FineTuningAxes.RATE_B, ratesB)));
    List<Study.Arm> arms =
        List.of(
            new Study.Arm(
                "LoRA", Experiment.equalRates(ratesA[0], ratesB[ratesB.length - 1], grid.size())),
            new Study.Arm("LoRA+", grid));
    ExperimentRun run = new ExperimentRun(options, spec);
    try (FineTuningTrials trials = run.experiment().trials()) {
      Study.Outcome outcome = run.study(trials, arms);
      Texts.write(run.directory().resolve("trials.csv"), csv(run.experiment(), outcome.tuning()));
      heatmap(run.experiment(), outcome.tuning(), ratesA, ratesB)
          .write(run.directory().resolve("heatmap.png"));
      run.finish(new ArmReport(run.experiment(), arms, outcome).text());
    }
    return 0;
  }

  private static Heatmap heatmap(
      Experiment experiment, SweepResults tuning, double[] ratesA, double[] ratesB) {
    double[][] cells = new double[ratesB.length][ratesA.length];
    for (int i = 0; i < ratesB.length; i++) {
      for (int j = 0; j < ratesA.length; j++) {
        Settings cell =
            Settings.none()
                .with(FineTuningAxes.RATE_A, ratesA[j])
                .with(FineTuningAxes.RATE_B, ratesB[i]);
        cells[i][j] = 100 * tuning.mean(cell, experiment.metric()).orElse(Double.NaN);
      }
    }
    return Heatmap.of(ratesB, ratesA, cells)
        .title(experiment.title())
        .subtitle(
            String.format(
                Locale.ROOT,
                "%s in points, mean of %d seed(s) after %d steps",
                experiment.metric(),
                experiment.tuningSeeds().size(),
                experiment.steps()))
        .better(Better.HIGHER)
        .format(value -> String.format(Locale.ROOT, "%.1f", value));
  }

  static String csv(Experiment experiment, SweepResults results) {
    TextTable table =
        new TextTable(
            "settings", "rate_A", "rate_B", "seed", "status", experiment.metric(), "final_loss");
    for (TrialResult result : results.all()) {
      Settings point = result.trial().settings();
      table.row(
          point.text(),
          Double.toString(Experiment.rateA(point)),
          Double.toString(Experiment.rateB(point)),
          Long.toString(result.trial().seed()),
          result.diverged() ? "diverged" : "completed",
          Double.toString(result.metric(experiment.metric())),
          Double.toString(ArmReport.finalLoss(result)));
    }
    return table.csv();
  }
}
