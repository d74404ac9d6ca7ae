package dev.loraplus.samples.report.heatmap;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An axis of learning rates with one cell for each, all of one width; within and between cells the
 * axis is logarithmic. Cell i has its centre at position i.
 */
record RateAxis(List<Double> rates) {
  /** The order of values that puts rates in rising order. */
  static int[] order(double[] rates) {
    Integer[] order = new Integer[rates.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(rates[i], rates[j]));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /** An axis of given rates in any order. */
  static RateAxis of(String name, double[] rates) {
    if (rates.length == 0) {
      throw new IllegalArgumentException(name + ": at least one rate is needed, got none");
    }
    double[] sorted = rates.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (!(sorted[i] > 0) || Double.isInfinite(sorted[i])) {
        throw new IllegalArgumentException(
            name + ": rates must be above 0 and finite, got " + sorted[i]);
      }
      if (i > 0 && sorted[i] == sorted[i - 1]) {
        throw new IllegalArgumentException(name + ": rates must differ, got twice " + sorted[i]);
      }
    }
    return new RateAxis(Arrays.stream(sorted).boxed().toList());
  }

  int size() {
    return rates.size();
  }

  double rate(int cell) {
    return rates.get(cell);
  }

  /** The rate at the lower edge of the first cell; needs two rates. */
  double lowest() {
    return rates.get(0) * Math.sqrt(rates.get(0) / rates.get(1));
  }

  /** The rate at the upper edge of the last cell; needs two rates. */
  double highest() {
    int last = size() - 1;
    return rates.get(last) * Math.sqrt(rates.get(last) / rates.get(last - 1));
  }

  /** Where a rate is; beyond the centres of the end cells the scale of the ends goes on. */
  double position(double rate) {
    int from = 0;
    while (from < size() - 2 && rate > rates.get(from + 1)) {
      from++;
    }
    double low = Math.log(rates.get(from));
    double high = Math.log(rates.get(from + 1));
    return from + (Math.log(rate) - low) / (high - low);
  }

  List<String> labels() {
    return rates.stream().map(RateAxis::label).toList();
  }

  /** Three digits at most: 4e-4, 2.15e-3, 0.0215, 10. */
  static String label(double rate) {
    if (rate >= 0.01 && rate < 1000) {
      double digits = Math.floor(Math.log10(rate));
      return withoutZeros(
          String.format(Locale.ROOT, "%." + (int) Math.max(0, 2 - digits) + "f", rate));
    }
    String[] parts = String.format(Locale.ROOT, "%.2e", rate).split("e");
    return withoutZeros(parts[0]) + "e" + Integer.parseInt(parts[1]);
  }

  private static String withoutZeros(String number) {
    return number.contains(".") ? number.replaceAll("\\.?0+$", "") : number;
  }
}
