package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code paper curves}: training losses over the steps. */
@Command(
    name = "curves",
    description = "Training losses of LoRA, LoRA+ at the same rate of A, and LoRA at a tuned rate.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class CurvesCommand implements Callable<Integer> {
  private static final double RATIO = 16;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  /** For picocli. */
  public CurvesCommand() {}

  @Override
  public Integer call() {
    double cautious = options.run().small() ? 1e-3 : 2e-4;
    Map<String, Settings> methods = new LinkedHashMap<>();
    methods.put("LoRA", point(cautious, 1));
    methods.put("LoRA+", point(cautious, RATIO));
    methods.put("LoRA, tuned rate", point(10 * cautious, 1));
    ExperimentRun run = new ExperimentRun(options, spec);
    try (FineTuningTrials trials = run.experiment().trials()) {
      SweepResults results = run.sweep(trials, List.copyOf(methods.values()));
      TrialTexts.write(run.file("trials.csv"), run.experiment(), results);
      Findings findings = Findings.titled("Training losses: " + run.experiment().title());
      findings.table(table(run.experiment(), methods, results));
      Map<String, List<TrialResult>> byName = new LinkedHashMap<>();
      methods.forEach((name, point) -> byName.put(name, results.of(point)));
      TrialTexts.losses(run.experiment(), byName)
          .ifPresent(
              plot ->
                  findings.picture(
                      run.file("curves.png"),
                      "Training loss: a running mean over steps, with the range of the seeds as a"
                          + " band.",
                      plot::write));
      findings.text(
          "A widely read description of LoRA+ shows such curves for LLaMA-7B on Alpaca, without"
              + " numbers; the paper's Figure 7 has RoBERTa-base on MNLI, where LoRA+ is about"
              + " twice as fast.");
      findings.text(TrialTexts.timeOf(results));
      run.finish(findings);
    }
    return 0;
  }

  private static Table table(
      Experiment experiment, Map<String, Settings> methods, SweepResults results) {
    Table table =
        Table.of(
            "Mean of " + experiment.scoringSeeds().size() + " seeds",
            "method",
            "rate A",
            "rate B",
            "final loss",
            experiment.metric(),
            "diverged");
    for (Map.Entry<String, Settings> method : methods.entrySet()) {
      Settings point = method.getValue();
      List<TrialResult> completed = TrialTexts.completed(results.of(point));
      table =
          table.with(
              method.getKey(),
              Texts.rate(Experiment.rateA(point)),
              Texts.rate(Experiment.rateB(point)),
              TrialTexts.number(completed.stream().mapToDouble(TrialTexts::finalLoss).average()),
              TrialTexts.number(
                  completed.stream().mapToDouble(r -> r.metric(experiment.metric())).average()),
              TrialTexts.diverged(results.of(point)));
    }
    return table;
  }

  private static Settings point(double rateA, double ratio) {
    return Settings.none().with(FineTuningAxes.RATE_A, rateA).with(FineTuningAxes.RATIO, ratio);
  }
}
