package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.finetuning.FineTuningTrials;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import dev.loraplus.sweep.statistics.StepsToTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The winners of a study's arms on fresh seeds, each against the first arm: the difference of the
 * metric with its interval, and how much sooner the first arm's final training loss is reached.
 */
final class ArmReport {
  private static final PairedBootstrap BOOTSTRAP = PairedBootstrap.standard();

  private final Experiment experiment;
  private final Study.Outcome outcome;
  private final Study.Arm baseline;
  private final Map<String, Long> trained = new LinkedHashMap<>();

  ArmReport(
      Experiment experiment, List<Study.Arm> arms, Study.Outcome outcome, FineTuningTrials trials) {
    this.experiment = experiment;
    this.outcome = outcome;
    this.baseline = arms.get(0);
    outcome.chosen().forEach((arm, point) -> trained.put(arm.name(), trials.trainedNumbers(point)));
  }

  /** Adds table, explanation and loss curves, and writes the files among the results. */
  void addTo(Findings findings, Path directory) {
    Table table = table();
    Texts.write(directory.resolve("table.csv"), table.csv());
    findings.text(
        String.format(
            Locale.ROOT,
            "Each method tuned over %d candidates on %s by %s, scored on %d fresh seeds.",
            baseline.candidates().size(),
            seeds(experiment.tuningSeeds().size()),
            experiment.metric(),
            experiment.scoringSeeds().size()));
    findings.table(table);
    findings.text(
        String.format(
            Locale.ROOT,
            "Differences are to %s, with 95 %% intervals by seed and example. Speedup is the ratio"
                + " of median steps to %s's final training loss (mean of %d steps), Infinity or 0"
                + " where one of them never gets there.",
            baseline.name(),
            baseline.name(),
            TrialTexts.WINDOW));
    findings.table(costs());
    Path curves = directory.resolve("loss.png");
    TrialTexts.losses(experiment, winners())
        .ifPresent(
            plot ->
                findings.picture(
                    curves,
                    "Training loss of the winners on the fresh seeds: a running mean over steps,"
                        + " with the range of the seeds as a band.",
                    plot::write));
    findings.text(TrialTexts.timeOf(outcome.tuning(), outcome.scoring()));
  }

  private static String seeds(int count) {
    return count == 1 ? "one seed" : count + " seeds";
  }

  private Map<String, List<TrialResult>> winners() {
    Map<String, List<TrialResult>> winners = new LinkedHashMap<>();
    outcome.chosen().forEach((arm, point) -> winners.put(arm.name(), outcome.scoring().of(point)));
    return winners;
  }

  /** Mean score on the fresh seeds by arm; an arm without a winner is absent. */
  Map<String, Double> scores() {
    Map<String, Double> scores = new LinkedHashMap<>();
    winners().forEach((name, results) -> mean(results).ifPresent(score -> scores.put(name, score)));
    return scores;
  }

  private Table table() {
    Table table =
        Table.of(
            experiment.title(),
            "method",
            "rate A",
            "rate B",
            experiment.metric(),
            "difference",
            "speedup",
            "median steps",
            "diverged");
    for (Map.Entry<Study.Arm, Settings> winner : outcome.chosen().entrySet()) {
      table = table.with(row(winner.getKey(), winner.getValue()));
    }
    return table;
  }

  private Table costs() {
    Table table = Table.of("What it costs", "method", "trained numbers", "seconds of a trial");
    for (Map.Entry<String, List<TrialResult>> winner : winners().entrySet()) {
      table =
          table.with(
              winner.getKey(),
              String.format(Locale.ROOT, "%,d", trained.getOrDefault(winner.getKey(), 0L)),
              TrialTexts.seconds(outcome.scoring(), winner.getValue()));
    }
    return table;
  }

  private String[] row(Study.Arm arm, Settings point) {
    List<TrialResult> results = outcome.scoring().of(point);
    Pairs pairs = Pairs.of(base(), results);
    boolean comparable = !pairs.base.isEmpty() && !arm.equals(baseline);
    return new String[] {
      arm.name(),
      Texts.rate(Experiment.rateA(point)),
      Texts.rate(Experiment.rateB(point)),
      TrialTexts.number(mean(results)),
      comparable ? Texts.text(difference(pairs), 4) : "",
      comparable ? Texts.text(speedup(pairs), 2) : "",
      medianSteps(results),
      TrialTexts.diverged(results)
    };
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
    return results.stream().map(TrialTexts::predictions).toList();
  }

  private static Interval speedup(Pairs pairs) {
    return StepsToTarget.speedup(
        stepsTo(pairs.base, pairs.base), stepsTo(pairs.method, pairs.base), BOOTSTRAP);
  }

  private String medianSteps(List<TrialResult> results) {
    List<TrialResult> base = base();
    if (base.isEmpty() || base.size() != results.size()) {
      return "";
    }
    OptionalLong median = StepsToTarget.median(stepsTo(results, base));
    return median.isPresent() ? Long.toString(median.getAsLong()) : "> " + experiment.steps();
  }

  /** Steps until the loss is what the baseline ends with, seed by seed. */
  private static List<StepsToTarget.Run> stepsTo(
      List<TrialResult> results, List<TrialResult> base) {
    List<StepsToTarget.Run> runs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      runs.add(
          StepsToTarget.ofLosses(
              results.get(i).losses(), TrialTexts.finalLoss(base.get(i)), TrialTexts.WINDOW));
    }
    return runs;
  }

  private OptionalDouble mean(List<TrialResult> results) {
    return TrialTexts.completed(results).stream()
        .mapToDouble(r -> r.metric(experiment.metric()))
        .average();
  }
}
