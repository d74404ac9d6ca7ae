package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that tunes some methods alike and compares the winners with the first. */
abstract class StudyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  /** The methods, the baseline first, with equally many candidates. */
  abstract List<Study.Arm> arms(boolean small);

  /** The title of the page. */
  abstract String title();

  /** Adds what the paper or others say, beside our scores by arm. */
  abstract void published(Findings findings, Map<String, Double> scores);

  @Override
  public final Integer call() {
    List<Study.Arm> arms = arms(options.run().small());
    ExperimentRun run = new ExperimentRun(options, spec);
    try (FineTuningTrials trials = run.experiment().trials()) {
      Study.Outcome outcome = run.study(trials, arms);
      TrialTexts.write(run.file("trials.csv"), run.experiment(), outcome.tuning());
      Findings findings = Findings.titled(title() + ": " + run.experiment().title());
      ArmReport report = new ArmReport(run.experiment(), arms, outcome, trials);
      report.addTo(findings, run.directory());
      published(findings, report.scores());
      run.finish(findings);
    }
    return 0;
  }
}
