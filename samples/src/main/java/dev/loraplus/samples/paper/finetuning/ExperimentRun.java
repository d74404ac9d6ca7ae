package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepListener;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.Trial;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that fine-tune have in common: the announcement, the trials, the ending. */
final class ExperimentRun {
  private static final int PROBED_STEPS = 4;

  private final Experiment experiment;
  private final Path directory;
  private final CommandSpec spec;
  private final String name;
  private final long started = System.nanoTime();

  ExperimentRun(ExperimentOptions options, CommandSpec spec) {
    this.experiment = options.experiment();
    this.name = spec.name();
    this.spec = spec;
    this.directory = options.run().directory(name);
  }

  Experiment experiment() {
    return experiment;
  }

  Study.Outcome study(FineTuningTrials trials, List<Study.Arm> arms) {
    Study study =
        new Study(
            name,
            arms,
            experiment.tuningSeeds(),
            experiment.scoringSeeds(),
            experiment.criterion(),
            DivergenceRule.standard());
    long candidates = arms.stream().flatMap(arm -> arm.candidates().stream()).distinct().count();
    long count =
        candidates * experiment.tuningSeeds().size()
            + (long) arms.size() * experiment.scoringSeeds().size();
    return study.run(trials, directory, announced(trials, arms.get(0).candidates().get(0), count));
  }

  SweepResults sweep(FineTuningTrials trials, List<Settings> points) {
    long count = (long) points.size() * experiment.scoringSeeds().size();
    return new Sweep(name, points, experiment.scoringSeeds(), DivergenceRule.standard())
        .run(trials, directory.resolve("trials.jsonl"), announced(trials, points.get(0), count));
  }

  /** Where the results are. */
  Path directory() {
    return directory;
  }

  /** A file among the results. */
  Path file(String fileName) {
    return directory.resolve(fileName);
  }

  void finish(Findings findings) {
    findings.publish(spec, directory, started);
  }

  /** Some steps are taken to see how long they last on this machine. */
  private void announce(FineTuningTrials trials, Settings point, long count) {
    PrintWriter console = spec.commandLine().getOut();
    double seconds = trials.secondsPerStep(point, PROBED_STEPS);
    // Scoring a text costs about a third of learning from it.
    double scored =
        (double) experiment.scale().evaluations()
            * experiment.development().size()
            / experiment.scale().batchSize()
            / 3;
    console.printf(
        "%s: %d training and %d development texts, %d trials of %d steps to run; about %s here%n",
        experiment.title(),
        experiment.training().size(),
        experiment.development().size(),
        count,
        experiment.steps(),
        ProgressLines.text(count * seconds * (experiment.steps() + scored)));
    console.flush();
  }

  /** Progress with the announcement before it, unless there is nothing left to run. */
  private SweepListener announced(FineTuningTrials trials, Settings point, long count) {
    return new Announced(
        new ProgressLines(spec.commandLine().getErr(), name),
        found -> announce(trials, point, count - found));
  }

  /** Announces what is to come once, when it is known how much has been found. */
  private static final class Announced implements SweepListener {
    private final SweepListener progress;
    private final IntConsumer announcement;
    private boolean made;

    Announced(SweepListener progress, IntConsumer announcement) {
      this.progress = progress;
      this.announcement = announcement;
    }

    @Override
    public void onStart(int found, int total) {
      if (!made && found < total) {
        made = true;
        announcement.accept(found);
      }
      progress.onStart(found, total);
    }

    @Override
    public void onStep(Trial trial, int step, double loss) {
      progress.onStep(trial, step, loss);
    }

    @Override
    public void onTrial(TrialResult result, int done, int total, double seconds) {
      progress.onTrial(result, done, total, seconds);
    }
  }
}
