package dev.loraplus.samples.paper.theory;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.samples.paper.Texts;
import dev.loraplus.samples.report.Table;
import dev.loraplus.samples.report.curve.Curve;
import dev.loraplus.samples.report.curve.CurvePlot;
import dev.loraplus.sweep.SweepResults;
import dev.loraplus.sweep.TrialResult;
import dev.loraplus.sweep.statistics.LogLogFit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Slopes over the widths. The size of a term at a width is its median over the seeds: the order
 * that the theory speaks of is one in probability, and under gradient descent a few seeds in a
 * hundred come near instability, which rules a mean.
 */
final class TheoryReport {
  private static final double TOLERANCE = 0.1;

  private final List<Integer> widths;
  private final SweepResults results;

  TheoryReport(List<Integer> widths, SweepResults results) {
    this.widths = widths;
    this.results = results;
  }

  /** Writes the slopes and two pictures, and says what is in them. */
  Findings findings(Path directory) {
    Table slopes = slopes();
    Texts.write(directory.resolve("slopes.csv"), slopes.csv());
    Findings findings =
        Findings.titled("Powers of the width (section 3)")
            .table(slopes)
            .text(
                "Paper: with rates (1/n, 1) every term is of order 1 (section 3: gradient descent,"
                    + " then Adam); with equal rates the terms cannot all be of order 1 without"
                    + " |a x| growing.")
            .text(
                String.format(
                    Locale.ROOT,
                    "Furthest from theory: %.3f; %d of %d slopes within %.1f.",
                    worst(),
                    within(),
                    Regime.all().size() * LineModel.TERMS.size(),
                    TOLERANCE));
    for (String rule : List.of("sgd", "adam")) {
      Path picture = directory.resolve("features-" + rule + ".png");
      findings.picture(
          picture,
          "|a x| by the width under "
              + (rule.equals("sgd") ? "gradient descent" : "Adam")
              + ": flat is what feature learning wants.",
          plot(rule)::write);
    }
    return findings;
  }

  private Table slopes() {
    Table table =
        Table.of(
            String.format(
                Locale.ROOT,
                "Power of the width n, %d to %d, of the terms at step %d (median of %d seeds)",
                widths.get(0),
                widths.get(widths.size() - 1),
                LineModel.STEPS,
                of(Regime.all().get(0), widths.get(0)).size()),
            "rule",
            "zero",
            "rates A, B",
            "term",
            "slope",
            "standard error",
            "theory",
            "difference");
    for (Regime regime : Regime.all()) {
      for (String term : LineModel.TERMS) {
        LogLogFit fit = fit(regime, term);
        double expected = regime.expected().getOrDefault(term, Double.NaN);
        table =
            table.with(
                regime.rule().equals("sgd") ? "gradient descent" : "Adam",
                regime.start() == Regime.Start.B_ZERO ? "B" : "A",
                regime.ratesText(),
                term,
                String.format(Locale.ROOT, "%.3f", fit.slope()),
                String.format(Locale.ROOT, "%.3f", fit.standardError()),
                String.format(Locale.ROOT, "%.1f", expected),
                String.format(Locale.ROOT, "%+.3f", fit.slope() - expected));
      }
    }
    return table;
  }

  private double worst() {
    return differences().stream().mapToDouble(Math::abs).max().orElseThrow();
  }

  private long within() {
    return differences().stream().filter(d -> Math.abs(d) <= TOLERANCE).count();
  }

  private List<Double> differences() {
    List<Double> differences = new ArrayList<>();
    for (Regime regime : Regime.all()) {
      for (String term : LineModel.TERMS) {
        differences.add(
            fit(regime, term).slope() - regime.expected().getOrDefault(term, Double.NaN));
      }
    }
    return differences;
  }

  private LogLogFit fit(Regime regime, String term) {
    return LogLogFit.of(
        widths.stream().map(Integer::doubleValue).toList(),
        widths.stream().map(width -> size(regime, term, width)).toList());
  }

  private double size(Regime regime, String term, int width) {
    double[] sizes =
        of(regime, width).stream().mapToDouble(result -> result.metric(term)).sorted().toArray();
    int half = sizes.length / 2;
    return sizes.length % 2 == 1 ? sizes[half] : (sizes[half - 1] + sizes[half]) / 2;
  }

  private List<TrialResult> of(Regime regime, int width) {
    return results.of(regime.at(width));
  }

  /** |a x| over the width, on logarithmic axes: flat is what feature learning wants. */
  private CurvePlot plot(String rule) {
    double[] x = widths.stream().mapToDouble(Integer::doubleValue).toArray();
    List<Curve> curves = new ArrayList<>();
    for (Regime regime : Regime.all()) {
      if (regime.rule().equals(rule)) {
        String name =
            String.format(
                "%s = 0, rates %s",
                regime.start() == Regime.Start.B_ZERO ? "B" : "A", regime.ratesText());
        curves.add(
            Curve.of(
                name,
                x,
                widths.stream().mapToDouble(width -> size(regime, "Az", width)).toArray()));
      }
    }
    return CurvePlot.of(curves)
        .title(rule.equals("sgd") ? "Features under gradient descent" : "Features under Adam")
        .subtitle("Median of %d seeds.".formatted(of(Regime.all().get(0), widths.get(0)).size()))
        .axes("Width n", "|a x| after " + LineModel.STEPS + " steps")
        .withPoints()
        .logarithmicX()
        .logarithmicY();
  }
}
