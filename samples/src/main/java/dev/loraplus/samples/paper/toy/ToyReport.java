package dev.loraplus.samples.paper.toy;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.samples.report.heatmap.Heatmap;
import dev.loraplus.sweep.Criterion;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import dev.loraplus.sweep.statistics.StepsToTarget;
import dev.loraplus.training.metrics.Metric.Better;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** What Figure 2 shows, from the results: heatmaps, the best cells, intervals on fresh seeds. */
final class ToyReport {
  private static final PairedBootstrap BOOTSTRAP = PairedBootstrap.standard();

  private final ToySetting setting;
  private final Study.Outcome outcome;
  private final SweepResults tuning;

  ToyReport(ToySetting setting, Study.Outcome outcome) {
    this.setting = setting;
    this.outcome = outcome;
    this.tuning = outcome.tuning();
  }

  /** Writes a table of all trials and two heatmaps, and says what is in them. */
  Findings findings(Path directory) {
    Texts.write(directory.resolve("trials.csv"), trials().csv());
    Path train = directory.resolve("train.png");
    Path test = directory.resolve("test.png");
    Table cells =
        Table.of(
            String.format(
                Locale.ROOT,
                "On the grid, mean of %d tuning seeds after %d steps",
                setting.tuningSeeds(),
                setting.steps()),
            "",
            "best cell (A, B)",
            "ratio",
            "loss",
            "best equal rate",
            "its loss",
            "paper");
    cells = cell(cells, "training loss", ToyModel.TRAIN_LOSS);
    cells = cell(cells, "test loss", ToyModel.TEST_LOSS);
    Findings findings = Findings.titled("The two-layer model (Figure 2)").table(cells);
    findings.text(
        "Paper, Figure 2: the best cells lie above the diagonal (eta_B > eta_A), for training and"
            + " test loss alike; it prints no numbers.");
    scored(findings);
    return findings
        .picture(
            train,
            "Training loss at the end; brighter is better.",
            heatmap(ToyModel.TRAIN_LOSS, "Training loss")::write)
        .picture(
            test,
            "Test loss at the end; brighter is better.",
            heatmap(ToyModel.TEST_LOSS, "Test loss")::write);
  }

  private Table cell(Table table, String name, String metric) {
    Criterion criterion = Criterion.lowest(metric);
    Settings best = tuning.best(setting.grid(), criterion).orElseThrow();
    Settings equal =
        tuning
            .best(
                setting.grid().stream().filter(cell -> rateA(cell) == rateB(cell)).toList(),
                criterion)
            .orElseThrow();
    return table.with(
        name,
        Texts.rate(rateA(best)) + ", " + Texts.rate(rateB(best)),
        String.format(Locale.ROOT, "%.3g", rateB(best) / rateA(best)),
        loss(best, metric),
        Texts.rate(rateA(equal)),
        loss(equal, metric),
        "ratio above 1");
  }

  private String loss(Settings cell, String metric) {
    return String.format(Locale.ROOT, "%.4f", tuning.mean(cell, metric).orElse(Double.NaN));
  }

  /** The winners of both arms on seeds that had no part in choosing them. */
  private void scored(Findings findings) {
    Optional<Settings> lora = chosen("LoRA");
    Optional<Settings> plus = chosen("LoRA+");
    if (lora.isEmpty() || plus.isEmpty()) {
      findings.text("An arm has no winner: all of its candidates diverged.");
      return;
    }
    Pairs pairs = Pairs.of(outcome.scoring().of(lora.get()), outcome.scoring().of(plus.get()));
    if (pairs.lora().isEmpty()) {
      findings.text("On every fresh seed a run of one arm diverged: there is no difference.");
      return;
    }
    List<TrialResult> base = pairs.lora();
    List<TrialResult> ours = pairs.plus();
    findings
        .text(
            String.format(
                Locale.ROOT,
                "Tuned over %d candidates each by test loss, scored on %d fresh seeds%s.",
                setting.grid().size(),
                setting.scoringSeeds(),
                pairs.note()))
        .table(
            Table.of("Scored on fresh seeds", "", "rate A", "rate B", "training loss", "test loss")
                .with(row("LoRA", lora.get(), base))
                .with(row("LoRA+", plus.get(), ours)))
        .table(compared(base, ours));
  }

  private static Table compared(List<TrialResult> base, List<TrialResult> ours) {
    Interval difference =
        BOOTSTRAP.difference(examples(ours), examples(base), PairedBootstrap.mean());
    Interval logRatio = BOOTSTRAP.differenceBySeed(logs(ours), logs(base));
    Interval speedup = StepsToTarget.speedup(steps(base, base), steps(ours, base), BOOTSTRAP);
    return Table.of("LoRA+ against LoRA, with 95 % intervals", "", "", "resampled")
        .with("test loss, difference", Texts.text(difference, 4), "seeds and points")
        .with(
            "test loss, ratio",
            String.format(
                Locale.ROOT,
                "%.3f [%.3f, %.3f]",
                Math.exp(logRatio.estimate()),
                Math.exp(logRatio.low()),
                Math.exp(logRatio.high())),
            "seeds")
        .with("speedup to LoRA's final training loss", Texts.text(speedup, 2), "seeds");
  }

  /** The seeds on which neither arm diverged. */
  private record Pairs(List<TrialResult> lora, List<TrialResult> plus, String note) {
    static Pairs of(List<TrialResult> lora, List<TrialResult> plus) {
      List<TrialResult> base = new ArrayList<>();
      List<TrialResult> ours = new ArrayList<>();
      for (int i = 0; i < lora.size(); i++) {
        if (!lora.get(i).diverged() && !plus.get(i).diverged()) {
          base.add(lora.get(i));
          ours.add(plus.get(i));
        }
      }
      String note =
          base.size() == lora.size()
              ? ""
              : String.format(
                  Locale.ROOT,
                  " (%d runs of LoRA and %d of LoRA+ diverged; the rest is about the %d seeds on"
                      + " which neither did)",
                  lora.stream().filter(TrialResult::diverged).count(),
                  plus.stream().filter(TrialResult::diverged).count(),
                  base.size());
      return new Pairs(base, ours, note);
    }
  }

  private Optional<Settings> chosen(String arm) {
    return outcome.chosen().entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(arm))
        .map(entry -> Objects.requireNonNull(entry.getValue()))
        .findFirst();
  }

  private static String[] row(String name, Settings cell, List<TrialResult> results) {
    return new String[] {
      name,
      Texts.rate(rateA(cell)),
      Texts.rate(rateB(cell)),
      String.format(Locale.ROOT, "%.4f", mean(results, ToyModel.TRAIN_LOSS)),
      String.format(Locale.ROOT, "%.4f", mean(results, ToyModel.TEST_LOSS))
    };
  }

  private static double mean(List<TrialResult> results, String metric) {
    return results.stream().mapToDouble(r -> r.metric(metric)).average().orElseThrow();
  }

  private static List<double[]> examples(List<TrialResult> results) {
    return results.stream()
        .map(r -> r.scores().examples().stream().mapToDouble(e -> e).toArray())
        .toList();
  }

  private static List<Double> logs(List<TrialResult> results) {
    return results.stream().map(r -> Math.log(r.metric(ToyModel.TEST_LOSS))).toList();
  }

  /** Steps until the loss is what the baseline ends with, seed by seed. */
  private static List<StepsToTarget.Run> steps(
      List<TrialResult> results, List<TrialResult> baseline) {
    List<StepsToTarget.Run> runs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      List<Double> target = baseline.get(i).losses();
      runs.add(StepsToTarget.ofLosses(results.get(i).losses(), target.get(target.size() - 1), 1));
    }
    return runs;
  }

  private Table trials() {
    List<List<String>> rows = new ArrayList<>();
    for (TrialResult result : tuning.all()) {
      Settings cell = result.trial().settings();
      rows.add(
          List.of(
              Double.toString(rateA(cell)),
              Double.toString(rateB(cell)),
              Long.toString(result.trial().seed()),
              result.diverged() ? "diverged" : "completed",
              Double.toString(result.metric(ToyModel.TRAIN_LOSS)),
              Double.toString(result.metric(ToyModel.TEST_LOSS))));
    }
    return new Table(
        "", List.of("rate_A", "rate_B", "seed", "status", "train_loss", "test_loss"), rows);
  }

  private Heatmap heatmap(String metric, String title) {
    double[] ratesA = setting.ratesA().values().stream().mapToDouble(ToySetting::number).toArray();
    double[] ratesB = setting.ratesB().values().stream().mapToDouble(ToySetting::number).toArray();
    double[][] cells = new double[ratesB.length][ratesA.length];
    for (int i = 0; i < ratesB.length; i++) {
      for (int j = 0; j < ratesA.length; j++) {
        Settings cell =
            Settings.none().with(ToyModel.RATE_A, ratesA[j]).with(ToyModel.RATE_B, ratesB[i]);
        cells[i][j] = tuning.mean(cell, metric).orElse(Double.NaN);
      }
    }
    return Heatmap.of(ratesB, ratesA, cells)
        .title(title + " of the two-layer model (Figure 2)")
        .subtitle(
            String.format(
                Locale.ROOT,
                "Mean of %d seeds after %d steps of gradient descent; d = 5, n = 100, r = 4.",
                setting.tuningSeeds(),
                setting.steps()))
        .better(Better.LOWER);
  }

  private static double rateA(Settings cell) {
    return cell.number(ToyModel.RATE_A).orElseThrow();
  }

  private static double rateB(Settings cell) {
    return cell.number(ToyModel.RATE_B).orElseThrow();
  }
}
