package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.TextTable;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.List;
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
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();
  @Mixin private final GridOptions chosen = new GridOptions();

  /** For picocli. */
  public GlueCommand() {}

  @Override
  public Integer call() {
    RateGrid grid = chosen.grid(options.run().small() ? RateGrid.SMALL : RateGrid.PAPER);
    ExperimentRun run = new ExperimentRun(options, spec);
    try (FineTuningTrials trials = run.experiment().trials()) {
      if (chosen.gridOnly()) {
        SweepResults results = run.sweep(trials, grid.cells());
        write(run, grid, results);
        run.finish(new GridReport(run.experiment(), grid, results).text());
      } else {
        List<Study.Arm> arms =
            List.of(new Study.Arm("LoRA", grid.equalRates()), new Study.Arm("LoRA+", grid.cells()));
        Study.Outcome outcome = run.study(trials, arms);
        write(run, grid, outcome.tuning());
        run.finish(new ArmReport(run.experiment(), arms, outcome).text());
      }
    }
    return 0;
  }

  private static void write(ExperimentRun run, RateGrid grid, SweepResults results) {
    Texts.write(run.directory().resolve("trials.csv"), csv(run.experiment(), results));
    grid.heatmap(run.experiment(), results).write(run.directory().resolve("heatmap.png"));
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
