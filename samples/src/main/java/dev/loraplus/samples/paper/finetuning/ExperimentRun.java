package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.ProgressLines;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.sweep.DivergenceRule;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.Sweep;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that fine-tune have in common: the announcement, the trials, the ending. */
final class ExperimentRun {
  private static final int PROBED_STEPS = 4;

  private final Experiment experiment;
  private final Path directory;
  private final CommandSpec spec;
  private final String name;

  ExperimentRun(ExperimentOptions options, CommandSpec spec) {
    this.experiment = options.experiment();
    this.name = spec.name();
    this.spec = spec;
    this.directory = options.run().directory(name);
  }

  Experiment experiment() {
    return experiment;
  }

  Path directory() {
    return directory;
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
    announce(
        trials,
        arms.get(0).candidates().get(0),
        candidates * experiment.tuningSeeds().size()
            + (long) arms.size() * experiment.scoringSeeds().size());
    return study.run(trials, directory, progress());
  }

  SweepResults sweep(FineTuningTrials trials, List<Settings> points) {
    announce(trials, points.get(0), (long) points.size() * experiment.scoringSeeds().size());
    return new Sweep(name, points, experiment.scoringSeeds(), DivergenceRule.standard())
        .run(trials, directory.resolve("trials.jsonl"), progress());
  }

  void finish(String report) {
    PrintWriter console = spec.commandLine().getOut();
    Texts.write(directory.resolve(name + ".txt"), report);
    console.println();
    console.println(report);
    console.println("results: " + directory);
    console.flush();
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
        "%s: %d training and %d development texts, %d trials of %d steps; about %s here%n",
        experiment.title(),
        experiment.training().size(),
        experiment.development().size(),
        count,
        experiment.steps(),
        ProgressLines.text(count * seconds * (experiment.steps() + scored)));
    console.flush();
  }

  private ProgressLines progress() {
    return new ProgressLines(spec.commandLine().getErr(), name);
  }
}
