package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

/** How far float32 values are from the double precision ones they should be. */
final class Closeness {
  private Closeness() {}

  /** |actual - expected| is at most {@code tolerance} |expected|, by the Euclidean norm. */
  static void assertRelative(float[] actual, double[] expected, double tolerance, String name) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < actual.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(tolerance * Math.sqrt(size));
  }
}
