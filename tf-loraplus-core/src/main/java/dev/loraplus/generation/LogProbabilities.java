package dev.loraplus.generation;

/** Arithmetic on the logits of one token, in double. */
final class LogProbabilities {
  private LogProbabilities() {}

  static double[] widen(float[] logits) {
    double[] wide = new double[logits.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = logits[i];
    }
    return wide;
  }

  /** x_i - m - log sum exp(x_j - m), m = max x. */
  static double[] of(float[] logits) {
    double[] x = widen(logits);
    double max = Double.NEGATIVE_INFINITY;
    for (double value : x) {
      max = Math.max(max, value);
    }
    double sum = 0;
    for (double value : x) {
      sum += Math.exp(value - max);
    }
    double norm = max + Math.log(sum);
    for (int i = 0; i < x.length; i++) {
      x[i] -= norm;
    }
    return x;
  }
}
