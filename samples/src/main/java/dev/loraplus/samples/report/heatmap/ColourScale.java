package dev.loraplus.samples.report.heatmap;

import dev.loraplus.training.metrics.Metric.Better;
import java.awt.Color;
import java.util.Arrays;

/**
 * Which colour a value has: bright is good. Runs that failed lie far from the others and would
 * leave these a single colour, so the scale ends where a value is four times as far from the best
 * as the median is; worse values have the last colour.
 *
 * @param worst the dark end
 * @param best the bright end
 * @param clipped whether there are values worse than the dark end
 */
record ColourScale(double worst, double best, boolean clipped) {
  private static final double MEDIANS = 4;

  static ColourScale of(RateGrid grid, Better better) {
    double[] sorted = grid.numbers().sorted().toArray();
    if (sorted.length == 0) {
      return new ColourScale(0, 1, false);
    }
    boolean high = better == Better.HIGHER;
    double best = high ? sorted[sorted.length - 1] : sorted[0];
    double worst = high ? sorted[0] : sorted[sorted.length - 1];
    double median = sorted[sorted.length / 2];
    double limit = best + MEDIANS * (median - best);
    boolean clipped = median != best && Math.abs(worst - best) > Math.abs(limit - best);
    return new ColourScale(clipped ? limit : worst, best, clipped);
  }

  /** From 0, the worst, to 1, the best. */
  double place(double value) {
    return best == worst ? 1 : Math.max(0, Math.min(1, (value - worst) / (best - worst)));
  }

  Color colour(double value) {
    return ColourMap.at(place(value));
  }

  /** Every colour there is, from dark to bright. */
  static Color[] colours() {
    Color[] colours = new Color[256];
    Arrays.setAll(colours, i -> ColourMap.at(i / 255.0));
    return colours;
  }
}
