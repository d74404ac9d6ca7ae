package dev.loraplus.training.metrics;

import java.util.stream.IntStream;

/**
 * Counts of examples.
 *
 * @param cells examples of class i predicted as class j at {@code [i][j]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Confusion(long[][] cells) {

  static Confusion of(int[] predicted, int[] actual) {
    Checks.sameLength(predicted.length, actual.length);
    int classes = 0;
    for (int i = 0; i < actual.length; i++) {
      Checks.notNegative("predicted", i, predicted[i]);
      Checks.notNegative("actual", i, actual[i]);
      classes = Math.max(classes, 1 + Math.max(predicted[i], actual[i]));
    }
    long[][] cells = new long[classes][classes];
    for (int i = 0; i < actual.length; i++) {
      cells[actual[i]][predicted[i]]++;
    }
    return new Confusion(cells);
  }

  int classes() {
    return cells.length;
  }

  long hits(int label) {
    return cells[label][label];
  }

  long allHits() {
    return labels().mapToLong(this::hits).sum();
  }

  long examples() {
    return labels().mapToLong(this::actual).sum();
  }

  /** Examples that are of a class. */
  long actual(int label) {
    return labels().mapToLong(other -> cells[label][other]).sum();
  }

  /** Examples predicted to be of a class. */
  long predicted(int label) {
    return labels().mapToLong(other -> cells[other][label]).sum();
  }

  /** F1 = 2 TP / (2 TP + FP + FN) of a class; 0 where it neither occurs nor is predicted. */
  double f1(int label) {
    if (label >= classes() || actual(label) + predicted(label) == 0) {
      return 0;
    }
    return 2.0 * hits(label) / (actual(label) + predicted(label));
  }

  IntStream labels() {
    return IntStream.range(0, classes());
  }
}
