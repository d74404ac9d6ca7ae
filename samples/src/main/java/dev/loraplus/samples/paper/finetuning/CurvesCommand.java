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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
      Texts.write(
          run.directory().resolve("trials.csv"), GlueCommand.csv(run.experiment(), results));
      TextTable table = new TextTable("method", "rate A", "rate B", "final loss", "diverged");
      List<Curve> curves = new ArrayList<>();
      methods.forEach(
          (name, point) -> {
            List<TrialResult> completed =
                results.of(point).stream().filter(r -> !r.diverged()).toList();
            table.row(
                name,
                Texts.rate(Experiment.rateA(point)),
                Texts.rate(Experiment.rateB(point)),
                ArmReport.number(completed.stream().mapToDouble(ArmReport::finalLoss).average()),
                (results.of(point).size() - completed.size()) + "/" + results.of(point).size());
            if (!completed.isEmpty()) {
              curves.add(curve(name, completed));
            }
          });
      if (!curves.isEmpty()) {
        CurvePlot.of(curves)
            .title(run.experiment().title())
            .smoothed()
            .write(run.directory().resolve("curves.png"));
      }
      run.finish(
          String.format(
              Locale.ROOT,
              "%s, %d seeds:%n%n%s",
              run.experiment().title(),
              run.experiment().scoringSeeds().size(),
              table.render()));
    }
    return 0;
  }

  private static Settings point(double rateA, double ratio) {
    return Settings.none().with(FineTuningAxes.RATE_A, rateA).with(FineTuningAxes.RATIO, ratio);
  }

  private static Curve curve(String name, List<TrialResult> results) {
    int steps = results.get(0).losses().size();
    return new Curve(
        name,
        IntStream.rangeClosed(1, steps).asDoubleStream().toArray(),
        results.stream()
            .map(r -> r.losses().stream().mapToDouble(Double::doubleValue).toArray())
            .toList());
  }
}
