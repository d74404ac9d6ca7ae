package dev.loraplus.training;

import dev.loraplus.config.Task;
import org.tensorflow.types.TFloat32;

/** What the model gave for each example, collected batch by batch. */
final class Predictions {
  private final Task task;
  private final int[] classes;
  private final double[] scores;
  private int count;

  Predictions(Task task, int size) {
    this.task = task;
    this.classes = new int[size];
    this.scores = new double[size];
  }

  /** Takes the first rows of a batch; the others are fillers. */
  void add(TFloat32 logits, int examples) {
    if (task instanceof Task.MaskedLanguageModel) {
      return;
    }
    for (int row = 0; row < examples; row++) {
      classes[count] = argmax(logits, row);
      scores[count] = logits.getFloat(row, 0);
      count++;
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
