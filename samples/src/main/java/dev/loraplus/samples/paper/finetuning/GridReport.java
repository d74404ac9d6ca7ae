package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.TextTable;
import dev.loraplus.samples.paper.Texts;
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

  String text() {
    return String.format(
            Locale.ROOT,
            "%s. %d cells on %d seeds, mean %s after %d steps:%n%n%s%n",
            experiment.title(),
            grid.cells().size(),
            experiment.scoringSeeds().size(),
            experiment.metric(),
            experiment.steps(),
            table().render())
        + leftOut();
  }

  TextTable table() {
    TextTable table =
        new TextTable("cell", "rate A", "rate B", "ratio", experiment.metric(), "final loss");
    row(table, "best of all " + grid.cells().size(), best(grid.cells()));
    if (!grid.diagonal().isEmpty()) {
      row(table, "best of the " + grid.diagonal().size() + " near equal", best(grid.diagonal()));
    }
    return table;
  }

  private Optional<Settings> best(List<Settings> cells) {
    return results.best(cells, experiment.criterion());
  }

  private void row(TextTable table, String name, Optional<Settings> best) {
    if (best.isEmpty()) {
      table.row(name, "-", "-", "-", "every cell has a seed that diverged", "-");
      return;
    }
    Settings cell = best.get();
    double rateA = Experiment.rateA(cell);
    double rateB = Experiment.rateB(cell);
    table.row(
        name,
        Texts.rate(rateA),
        Texts.rate(rateB),
        String.format(Locale.ROOT, "%.3g", rateB / rateA),
        ArmReport.number(results.mean(cell, experiment.metric())),
        ArmReport.number(results.of(cell).stream().mapToDouble(ArmReport::finalLoss).average()));
  }

  /** The difference on seeds that had no part in choosing the cells. */
  private String leftOut() {
    int seeds = experiment.scoringSeeds().size();
    if (seeds < 2 || grid.diagonal().isEmpty()) {
      return "";
    }
    List<double[]> free = new ArrayList<>();
    List<double[]> equal = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      Optional<TrialResult> ours = chosenByOthers(grid.cells(), seed);
      Optional<TrialResult> base = chosenByOthers(grid.diagonal(), seed);
      if (ours.isPresent() && base.isPresent()) {
        free.add(ArmReport.predictions(ours.get()));
        equal.add(ArmReport.predictions(base.get()));
      }
    }
    if (free.isEmpty()) {
      return "No seed has both cells without divergence: there is no difference to report.\n";
    }
    Interval difference =
        PairedBootstrap.standard().difference(free, equal, experiment.statistic());
    return String.format(
        Locale.ROOT,
        "Best cell minus best near-equal cell, both chosen by the other seeds (95 %%, by seed and"
            + " example):%n%s%n%d cells were to choose from against %d, which favours the first.%n",
        Texts.text(difference, 4),
        grid.cells().size(),
        grid.diagonal().size());
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
