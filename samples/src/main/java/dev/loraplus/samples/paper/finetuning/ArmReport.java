package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.TextTable;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import dev.loraplus.sweep.statistics.StepsToTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The winners of a study's arms on fresh seeds, each against the first arm: the difference of the
 * metric with its interval, and how much sooner the first arm's final training loss is reached.
 */
final class ArmReport {
  private static final PairedBootstrap BOOTSTRAP = PairedBootstrap.standard();

  /** Steps that losses are averaged over. */
  private static final int WINDOW = 10;

  private final Experiment experiment;
  private final Study.Outcome outcome;
  private final Study.Arm baseline;

  ArmReport(Experiment experiment, List<Study.Arm> arms, Study.Outcome outcome) {
    this.experiment = experiment;
    this.outcome = outcome;
    this.baseline = arms.get(0);
  }

  String text() {
    return String.format(
            Locale.ROOT,
            "%s. Each method tuned over %d candidates on %d seed(s) by %s, scored on %d fresh"
                + " seeds:%n%n",
            experiment.title(),
            baseline.candidates().size(),
            experiment.tuningSeeds().size(),
            experiment.metric(),
            experiment.scoringSeeds().size())
        + table().render()
        + String.format(
            Locale.ROOT,
            "%nDifferences are to %s, with 95 %% intervals by seed and example; speedup is the ratio"
                + " of median%nsteps to %s's final training loss (mean of %d steps), inf or 0 where"
                + " one of them never gets there.%n",
            baseline.name(),
            baseline.name(),
            WINDOW);
  }

  TextTable table() {
    TextTable table =
        new TextTable(
            "method",
            "rate A",
            "rate B",
            experiment.metric(),
            "difference",
            "speedup",
            "median steps",
            "diverged",
            "s per trial");
    outcome.chosen().forEach((arm, point) -> row(table, arm, point));
    return table;
  }

  private void row(TextTable table, Study.Arm arm, Settings point) {
    List<TrialResult> results = outcome.scoring().of(point);
    long diverged = results.stream().filter(TrialResult::diverged).count();
    Pairs pairs = Pairs.of(base(), results);
    boolean comparable = !pairs.base.isEmpty() && !arm.equals(baseline);
    table.row(
        arm.name(),
        Texts.rate(Experiment.rateA(point)),
        Texts.rate(Experiment.rateB(point)),
        number(mean(results)),
        comparable ? Texts.text(difference(pairs), 4) : "-",
        comparable ? Texts.text(speedup(pairs), 2) : "-",
        medianSteps(results),
        diverged + "/" + results.size(),
        seconds(outcome.scoring(), results));
  }

  /** Results on the seeds on which neither diverged. */
  private record Pairs(List<TrialResult> base, List<TrialResult> method) {
    static Pairs of(List<TrialResult> all, List<TrialResult> results) {
      List<TrialResult> base = new ArrayList<>();
      List<TrialResult> method = new ArrayList<>();
      for (int i = 0; i < Math.min(all.size(), results.size()); i++) {
        if (!all.get(i).diverged() && !results.get(i).diverged()) {
          base.add(all.get(i));
          method.add(results.get(i));
        }
      }
      return new Pairs(base, method);
    }
  }

  private List<TrialResult> base() {
    @Nullable Settings point = outcome.chosen().get(baseline);
    return point == null ? List.of() : outcome.scoring().of(point);
  }

  private Interval difference(Pairs pairs) {
    return BOOTSTRAP.difference(
        predictions(pairs.method), predictions(pairs.base), experiment.statistic());
  }

  private static List<double[]> predictions(List<TrialResult> results) {
    return results.stream().map(ArmReport::predictions).toList();
  }

  /** What a trial gave for each development text. */
  static double[] predictions(TrialResult result) {
    return result.scores().examples().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Interval speedup(Pairs pairs) {
    return StepsToTarget.speedup(
        stepsTo(pairs.base, pairs.base), stepsTo(pairs.method, pairs.base), BOOTSTRAP);
  }

  private String medianSteps(List<TrialResult> results) {
    List<TrialResult> base = base();
    if (base.isEmpty() || base.size() != results.size()) {
      return "-";
    }
    OptionalLong median = StepsToTarget.median(stepsTo(results, base));
    return median.isPresent() ? Long.toString(median.getAsLong()) : "> " + experiment.steps();
  }

  /** Steps until the loss is what the baseline ends with, seed by seed. */
  private static List<StepsToTarget.Run> stepsTo(
      List<TrialResult> results, List<TrialResult> base) {
    List<StepsToTarget.Run> runs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      runs.add(StepsToTarget.ofLosses(results.get(i).losses(), finalLoss(base.get(i)), WINDOW));
    }
    return runs;
  }

  /** Mean training loss of the last steps; NaN, which nothing reaches, for a run without them. */
  static double finalLoss(TrialResult result) {
    List<Double> losses = result.losses();
    return losses.size() < WINDOW
        ? Double.NaN
        : losses.subList(losses.size() - WINDOW, losses.size()).stream()
            .mapToDouble(Double::doubleValue)
            .average()
            .orElse(Double.NaN);
  }

  private OptionalDouble mean(List<TrialResult> results) {
    return results.stream()
        .filter(r -> !r.diverged())
        .mapToDouble(r -> r.metric(experiment.metric()))
        .average();
  }

  static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "-";
  }

  static String seconds(SweepResults sweep, List<TrialResult> results) {
    OptionalDouble mean =
        results.stream()
            .map(r -> sweep.seconds(r.trial()))
            .flatMapToDouble(OptionalDouble::stream)
            .average();
    return mean.isPresent() ? String.format(Locale.ROOT, "%.1f", mean.getAsDouble()) : "-";
  }
}
