package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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
  private static final String LORA = "LoRA";
  private static final String LORA_PLUS = "LoRA+";

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
      Findings findings = Findings.titled("Rates of A and B: " + run.experiment().title());
      if (chosen.gridOnly()) {
        SweepResults results = run.sweep(trials, grid.cells());
        GridReport report = new GridReport(run.experiment(), grid, results);
        report.addTo(findings);
        published(findings, report.best(grid.diagonal()), report.best(grid.cells()));
        heatmap(findings, run, grid, results);
        findings.text(TrialTexts.timeOf(results));
      } else {
        List<Study.Arm> arms =
            List.of(new Study.Arm(LORA, grid.equalRates()), new Study.Arm(LORA_PLUS, grid.cells()));
        Study.Outcome outcome = run.study(trials, arms);
        ArmReport report = new ArmReport(run.experiment(), arms, outcome, trials);
        report.addTo(findings, run.directory());
        Map<String, Double> scores = report.scores();
        published(findings, score(scores, LORA), score(scores, LORA_PLUS));
        heatmap(findings, run, grid, outcome.tuning());
      }
      run.finish(findings);
    }
    return 0;
  }

  private static OptionalDouble score(Map<String, Double> scores, String arm) {
    Double score = scores.get(arm);
    return score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
  }

  private void published(Findings findings, OptionalDouble lora, OptionalDouble loraPlus) {
    options.task().ifPresent(task -> PublishedScores.addTo(findings, task, lora, loraPlus));
  }

  private static void heatmap(
      Findings findings, ExperimentRun run, RateGrid grid, SweepResults results) {
    TrialTexts.write(run.file("trials.csv"), run.experiment(), results);
    findings.picture(
        run.file("heatmap.png"),
        "Each cell is the mean over the seeds, brighter is better; along the dashed line both rates"
            + " are equal.",
        grid.heatmap(run.experiment(), results)::write);
  }
}
