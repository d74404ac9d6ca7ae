package dev.loraplus.training.metrics;

import java.util.Arrays;

/** How far two sets of numbers lie on a rising line, from -1 to 1. GLUE gives it for STS-B. */
public record PearsonCorrelation() implements RegressionMetric {
  @Override
  public String name() {
    return "pearson";
  }

  /**
   * With x and y taken from their means: r = sum x y / sqrt(sum x<sup>2</sup> sum y<sup>2</sup>).
   * Where all predictions or all truths are equal this is 0 / 0, and 0 is given: a model that says
   * the same of every text ranks below every useful one and logs hold numbers only. (SciPy gives
   * NaN.)
   */
  @Override
  public double score(double[] predicted, double[] actual) {
    Checks.numbers(predicted, actual);
    return correlation(predicted, actual);
  }

  static double correlation(double[] first, double[] second) {
    if (constant(first) || constant(second)) {
      return 0;
    }
    double[] x = centred(first);
    double[] y = centred(second);
    double r = dot(x, y) / (Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y)));
    // Rounding may lead just past the ends.
    return Math.max(-1, Math.min(1, r));
  }

  private static boolean constant(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /** Differences from the mean, scaled to at most 1 so that squares neither over- nor underflow. */
  private static double[] centred(double[] values) {
    // By a power of two, which is exact.
    int exponent = Math.getExponent(largest(values));
    double[] scaled = Arrays.stream(values).map(v -> Math.scalb(v, -exponent - 1)).toArray();
    double mean = Arrays.stream(scaled).sum() / scaled.length;
    double[] differences = Arrays.stream(scaled).map(value -> value - mean).toArray();
    double largest = largest(differences);
    return Arrays.stream(differences).map(difference -> difference / largest).toArray();
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
