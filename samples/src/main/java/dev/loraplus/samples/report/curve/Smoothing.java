package dev.loraplus.samples.report.curve;

import java.util.Arrays;

/** Means over windows, which leave the noise of single batches out. */
final class Smoothing {
  private Smoothing() {}

  /**
   * The mean over the points up to the radius away on both sides. Near the start, where the loss
   * falls steeply, the window shrinks on both sides alike, so that it does not bend the curve; near
   * the end, where the loss is flat and the noise is what matters, only the right side shrinks.
   */
  static double[] mean(double[] values, int radius) {
    double[] smooth = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int reach = Math.min(radius, i);
      int from = i - reach;
      int to = Math.min(i + reach, values.length - 1);
      smooth[i] = Arrays.stream(values, from, to + 1).average().orElseThrow();
    }
    return smooth;
  }
}
