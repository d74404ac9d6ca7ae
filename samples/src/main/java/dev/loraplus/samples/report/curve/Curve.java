package dev.loraplus.samples.report.curve;

import dev.loraplus.training.monitor.LossHistory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The runs of one method.
 *
 * @param name in the legend
 * @param x where the runs have values, in rising order, such as optimizer steps
 * @param runs the values of each run, such as losses; as many as x has
 */
@SuppressWarnings("ArrayRecordComponent")
public record Curve(String name, double[] x, List<double[]> runs) {
  /**
   * Copies the numbers.
   *
   * @param name in the legend
   * @param x where the runs have values, in rising order
   * @param runs the values of each run
   * @throws IllegalArgumentException if there is no run, a run is empty, has another number of
   *     values than x, or a value is not finite
   */
  public Curve {
    x = x.clone();
    runs = runs.stream().map(double[]::clone).toList();
    if (runs.isEmpty() || x.length == 0) {
      throw new IllegalArgumentException("no value to plot for " + name);
    }
    for (double[] run : runs) {
      if (run.length != x.length) {
        throw new IllegalArgumentException(
            "a run of %s has %d values for %d places".formatted(name, run.length, x.length));
      }
      requireFinite(name, run);
    }
    requireFinite(name, x);
  }

  /**
   * One run.
   *
   * @param name in the legend
   * @param x where it has values, in rising order
   * @param y the values
   * @return the curve
   * @throws IllegalArgumentException if there are no values, x has another number of them, or one
   *     is not finite
   */
  public static Curve of(String name, double[] x, double[] y) {
    return new Curve(name, x, List.of(y));
  }

  /**
   * Losses over optimizer steps.
   *
   * @param name in the legend
   * @param seeds the losses of each run; all runs have the same steps
   * @return the curve
   * @throws IllegalArgumentException if there is no run, a run is empty or the steps differ
   */
  public static Curve ofLosses(String name, List<List<LossHistory.Point>> seeds) {
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("no value to plot for " + name);
    }
    double[] steps = steps(seeds.get(0));
    for (List<LossHistory.Point> seed : seeds) {
      if (!Arrays.equals(steps(seed), steps)) {
        throw new IllegalArgumentException("the runs of " + name + " have different steps");
      }
    }
    return new Curve(
        name,
        steps,
        seeds.stream()
            .map(seed -> seed.stream().mapToDouble(LossHistory.Point::loss).toArray())
            .toList());
  }

  private static double[] steps(List<LossHistory.Point> run) {
    return run.stream().mapToDouble(LossHistory.Point::step).toArray();
  }

  private static void requireFinite(String name, double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "cannot plot " + name + ": values must be finite, got " + value);
      }
    }
  }

  Curve smoothed(int radius) {
    return new Curve(name, x, runs.stream().map(run -> Smoothing.mean(run, radius)).toList());
  }

  /** The same on other scales. */
  Curve on(Scale scaleOfX, Scale scaleOfY) {
    return new Curve(
        name,
        Arrays.stream(x).map(scaleOfX::place).toArray(),
        runs.stream().map(run -> Arrays.stream(run).map(scaleOfY::place).toArray()).toList());
  }

  double left() {
    return Arrays.stream(x).min().orElseThrow();
  }

  double right() {
    return Arrays.stream(x).max().orElseThrow();
  }

  double lowest() {
    return runs.stream().flatMapToDouble(Arrays::stream).min().orElseThrow();
  }

  double highest() {
    return runs.stream().flatMapToDouble(Arrays::stream).max().orElseThrow();
  }

  double mean(int place) {
    return column(place).average().orElseThrow();
  }

  double lowest(int place) {
    return column(place).min().orElseThrow();
  }

  double highest(int place) {
    return column(place).max().orElseThrow();
  }

  private DoubleStream column(int place) {
    return runs.stream().mapToDouble(run -> run[place]);
  }
}
