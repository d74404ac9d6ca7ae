package dev.loraplus.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Measurements of one thing, at least one, in ascending order. */
final class Sample {
  /** How many standard deviations of a normal number hold 95 % of it, on both sides. */
  private static final double NORMAL_95 = 1.96;

  private final double[] sorted;

  private Sample(DoubleStream values) {
    this.sorted = values.sorted().toArray();
  }

  static Sample of(double... values) {
    return new Sample(DoubleStream.of(values));
  }

  static Sample of(Collection<Double> values) {
    return new Sample(values.stream().mapToDouble(Double::doubleValue));
  }

  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double least() {
    return sorted[0];
  }

  double most() {
    return sorted[sorted.length - 1];
  }

  /** The smallest and the largest, such as "1.14 to 1.37". */
  String range(int decimals) {
    return range(least(), most(), decimals);
  }

  /**
   * Between which two of the values the median of what they are drawn from lies with 95 %
   * confidence, whatever its distribution: how many of n independent values lie below that median
   * is binomial, of mean n / 2 and deviation sqrt(n) / 2, here taken as normal. Few values say no
   * more than their range.
   */
  String medianRange(int decimals) {
    double below = (sorted.length - NORMAL_95 * Math.sqrt(sorted.length)) / 2;
    int rank = Math.max(0, (int) Math.floor(below) - 1);
    return range(sorted[rank], sorted[sorted.length - 1 - rank], decimals);
  }

  private static String range(double from, double to, int decimals) {
    String number = "%." + decimals + "f";
    return String.format(Locale.ROOT, number + " to " + number, from, to);
  }
}
