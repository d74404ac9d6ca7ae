package dev.loraplus.training.metrics;

/** Rules for what metrics are given. */
final class Checks {
  private Checks() {}

  static void sameLength(int predicted, int actual) {
    if (predicted != actual) {
      throw new IllegalArgumentException(
          "metric: as many predictions as examples are needed, got %d for %d"
              .formatted(predicted, actual));
    }
    if (actual == 0) {
      throw new IllegalArgumentException("metric: at least one example is needed, got none");
    }
  }

  static void notNegative(String name, int index, int id) {
    if (id < 0) {
      throw new IllegalArgumentException(
          "metric: class ids must be 0 or more, got %d at %s[%d]".formatted(id, name, index));
    }
  }

  static void numbers(double[] predicted, double[] actual) {
    sameLength(predicted.length, actual.length);
    finite("predicted", predicted);
    finite("actual", actual);
  }

  private static void finite(String name, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "metric: numbers must be finite, got %s at %s[%d]".formatted(values[i], name, i));
      }
    }
  }
}
