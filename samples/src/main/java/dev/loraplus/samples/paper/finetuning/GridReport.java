package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.statistics.Interval;
import dev.loraplus.sweep.statistics.PairedBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A grid without an arm of its own for LoRA, read as the paper's figures are: the best cell against
 * the best one of equal rates. The score of a cell on the seeds that chose it is too good, so the
 * difference is taken on seeds left out: for each seed both cells are chosen by all the others.
 */
final class GridReport {
  private final Experiment experiment;
  private final RateGrid grid;
  private final SweepResults results;

  GridReport(Experiment experiment, RateGrid grid, SweepResults results) {
    this.experiment = experiment;
    this.grid = grid;
    this.results = results;
  }

  void addTo(Findings findings) {
    findings.table(table());
    leftOut(findings);
  }

  private Table table() {
    Table table =
        Table.of(
            String.format(
                Locale.ROOT,
                "%d cells, mean of %d seeds after %d steps",
                grid.cells().size(),
                experiment.scoringSeeds().size(),
                experiment.steps()),
            "cell",
            "rate A",
            "rate B",
            "ratio",
            experiment.metric(),
            "final loss",
            "diverged");
    table = row(table, "best of all " + grid.cells().size(), grid.cells());
    return grid.diagonal().isEmpty()
        ? table
        : row(table, "best of the " + grid.diagonal().size() + " near equal", grid.diagonal());
  }

  /** Mean score of the best of some cells, if one has no seed that diverged. */
  OptionalDouble best(List<Settings> cells) {
    return chosen(cells)
        .map(cell -> results.mean(cell, experiment.metric()))
        .orElse(OptionalDouble.empty());
  }

  private Optional<Settings> chosen(List<Settings> cells) {
    return results.best(cells, experiment.criterion());
  }

  private Table row(Table table, String name, List<Settings> cells) {
    List<TrialResult> all = cells.stream().flatMap(cell -> results.of(cell).stream()).toList();
    Optional<Settings> best = chosen(cells);
    if (best.isEmpty()) {
      return table.with(name, "", "", "", "", "", TrialTexts.diverged(all));
    }
    Settings cell = best.get();
    double rateA = Experiment.rateA(cell);
    double rateB = Experiment.rateB(cell);
    return table.with(
        name,
        Texts.rate(rateA),
        Texts.rate(rateB),
        String.format(Locale.ROOT, "%.3g", rateB / rateA),
        TrialTexts.number(results.mean(cell, experiment.metric())),
        TrialTexts.number(results.of(cell).stream().mapToDouble(TrialTexts::finalLoss).average()),
        TrialTexts.diverged(all));
  }

  /** The difference on seeds that had no part in choosing the cells. */
  private void leftOut(Findings findings) {
    int seeds = experiment.scoringSeeds().size();
    if (seeds < 2 || grid.diagonal().isEmpty()) {
      return;
    }
    List<double[]> free = new ArrayList<>();
    List<double[]> equal = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      Optional<TrialResult> ours = chosenByOthers(grid.cells(), seed);
      Optional<TrialResult> base = chosenByOthers(grid.diagonal(), seed);
      if (ours.isPresent() && base.isPresent()) {
        free.add(TrialTexts.predictions(ours.get()));
        equal.add(TrialTexts.predictions(base.get()));
      }
    }
    if (free.isEmpty()) {
      findings.text("On no seed do both cells run to their end: there is no difference to report.");
      return;
    }
    Interval difference =
        PairedBootstrap.standard().difference(free, equal, experiment.statistic());
    findings.text(
        String.format(
            Locale.ROOT,
            "Best cell minus best near-equal cell, where both are chosen by the other seeds: %s"
                + " (95 %%, by seed and example). There were %d cells to choose from against %d,"
                + " which favours the first.",
            Texts.text(difference, 4),
            grid.cells().size(),
            grid.diagonal().size()));
  }

  /** What the best cell of all other seeds gave on one seed; empty if it diverged there. */
  private Optional<TrialResult> chosenByOthers(List<Settings> cells, int seed) {
    Settings chosen = null;
    double value = Double.NEGATIVE_INFINITY;
    for (Settings cell : cells) {
      OptionalDouble mean = meanWithout(cell, seed);
      if (mean.isPresent() && mean.getAsDouble() > value) {
        chosen = cell;
        value = mean.getAsDouble();
      }
    }
    return Optional.ofNullable(chosen)
        .map(cell -> results.of(cell).get(seed))
        .filter(result -> !result.diverged());
  }

  private OptionalDouble meanWithout(Settings cell, int seed) {
    List<TrialResult> all = results.of(cell);
    double sum = 0;
    for (int i = 0; i < all.size(); i++) {
      sum += i == seed ? 0 : all.get(i).metric(experiment.metric());
    }
    return Double.isFinite(sum)
        ? OptionalDouble.of(sum / (all.size() - 1))
        : OptionalDouble.empty();
  }
}
