package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Texts;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.util.List;
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

  /** What the paper or others say, in a few lines. */
  abstract String published();

  @Override
  public final Integer call() {
    List<Study.Arm> arms = arms(options.run().small());
    ExperimentRun run = new ExperimentRun(options, spec);
    try (FineTuningTrials trials = run.experiment().trials()) {
      Study.Outcome outcome = run.study(trials, arms);
      ArmReport report = new ArmReport(run.experiment(), arms, outcome);
      Texts.write(
          run.directory().resolve("trials.csv"),
          GlueCommand.csv(run.experiment(), outcome.tuning()));
      Texts.write(run.directory().resolve("table.csv"), report.table().csv());
      run.finish(report.text() + System.lineSeparator() + published());
    }
    return 0;
  }
}
