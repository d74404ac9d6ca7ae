package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.report.heatmap.Heatmap;
import dev.loraplus.sweep.Axis;
import dev.loraplus.sweep.SearchSpace;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import dev.loraplus.training.metrics.Metric.Better;
import java.util.List;
import java.util.Locale;

/**
 * Pairs of the rates of A and B.
 *
 * @param ratesA of A
 * @param ratesB of B
 */
@SuppressWarnings("ArrayRecordComponent")
record RateGrid(double[] ratesA, double[] ratesB) {
  /** The grid of the paper's RoBERTa and GPT-2 experiments. */
  static final RateGrid PAPER =
      new RateGrid(
          new double[] {1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 4e-4, 8e-4},
          new double[] {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 4e-3});

  /** Shorter runs want higher rates. */
  static final RateGrid SMALL =
      new RateGrid(
          new double[] {8e-4, 3.2e-3, 1.28e-2}, new double[] {8e-4, 3.2e-3, 1.28e-2, 5.12e-2});

  /**
   * Rates up to this factor apart count as equal: the paper's grids for A and B share few rates,
   * and its diagonal goes through cells such as (8e-4, 1e-3).
   */
  private static final double ALMOST_EQUAL = 1.25;

  /** Every pair. */
  List<Settings> cells() {
    return SearchSpace.grid(
        List.of(
            Axis.numbers(FineTuningAxes.RATE_A, ratesA),
            Axis.numbers(FineTuningAxes.RATE_B, ratesB)));
  }

  /** The pairs of rates that are equal, or as good as. */
  List<Settings> diagonal() {
    return cells().stream().filter(RateGrid::isDiagonal).toList();
  }

  private static boolean isDiagonal(Settings cell) {
    double ratio = Experiment.rateB(cell) / Experiment.rateA(cell);
    // Rates such as 1e-3 and 8e-4 are not exact in binary.
    return Math.abs(Math.log(ratio)) <= Math.log(ALMOST_EQUAL) + 1e-9;
  }

  /** As many equal rates as there are cells, over the range of both axes. */
  List<Settings> equalRates() {
    return Experiment.equalRates(ratesA[0], ratesB[ratesB.length - 1], cells().size());
  }

  /** The picture of the results, in points. */
  Heatmap heatmap(Experiment experiment, SweepResults results) {
    double[][] values = new double[ratesB.length][ratesA.length];
    for (int i = 0; i < ratesB.length; i++) {
      for (int j = 0; j < ratesA.length; j++) {
        Settings cell =
            Settings.none()
                .with(FineTuningAxes.RATE_A, ratesA[j])
                .with(FineTuningAxes.RATE_B, ratesB[i]);
        values[i][j] = 100 * results.mean(cell, experiment.metric()).orElse(Double.NaN);
      }
    }
    int seeds = results.of(cells().get(0)).size();
    return Heatmap.of(ratesB, ratesA, values)
        .title(experiment.title())
        .subtitle(
            String.format(
                Locale.ROOT,
                "%s in points, mean of %d %s after %d steps",
                experiment.metric(),
                seeds,
                seeds == 1 ? "seed" : "seeds",
                experiment.steps()))
        .better(Better.HIGHER)
        .format(value -> String.format(Locale.ROOT, "%.1f", value));
  }
}
