package dev.loraplus.training;

import org.tensorflow.types.TFloat32;

/** What the model gave for each example, by its place in the data. */
final class Predictions {
  private final int[] classes;
  private final double[] scores;

  Predictions(int size) {
    this.classes = new int[size];
    this.scores = new double[size];
  }

  /** Takes a batch's rows for its examples; further rows are fillers. */
  void add(TFloat32 logits, int[] examples) {
    for (int row = 0; row < examples.length; row++) {
      classes[examples[row]] = argmax(logits, row);
      scores[examples[row]] = logits.getFloat(row, 0);
    }
  }

  private static int argmax(TFloat32 logits, int row) {
    int best = 0;
    for (int j = 1; j < logits.shape().get(1); j++) {
      best = logits.getFloat(row, j) > logits.getFloat(row, best) ? j : best;
    }
    return best;
  }

  int[] classes() {
    return classes;
  }

  double[] scores() {
    return scores;
  }
}
