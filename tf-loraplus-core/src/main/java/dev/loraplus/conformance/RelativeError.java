package dev.loraplus.conformance;

/** Relative errors; a number that is not finite is infinitely far from everything. */
final class RelativeError {
  private RelativeError() {}

  /** |actual - expected| / |expected|, 0 where both are 0. */
  static double of(double actual, double expected) {
    double difference = Math.abs(actual - expected);
    return difference == 0 ? 0 : finite(difference / Math.abs(expected));
  }

  /**
   * |actual - expected|_2 / max(|expected|_2, floor) over the elements that count.
   *
   * @param floor what an error is at least relative to; 0 for none
   * @param ignored elements that do not count; empty for none
   */
  static double of(float[] actual, float[] expected, double floor, boolean[] ignored) {
    if (actual.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      if (ignored.length == 0 || !ignored[i]) {
        difference += square((double) actual[i] - expected[i]);
        norm += square(expected[i]);
      }
    }
    return difference == 0 ? 0 : finite(Math.sqrt(difference) / Math.max(Math.sqrt(norm), floor));
  }

  static double of(float[] actual, float[] expected) {
    return of(actual, expected, 0, new boolean[0]);
  }

  private static double square(double value) {
    return value * value;
  }

  private static double finite(double error) {
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }
}
