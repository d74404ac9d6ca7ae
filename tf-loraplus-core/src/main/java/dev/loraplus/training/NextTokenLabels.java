package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets.TokenLabels;

/**
 * The labels of a batch, one place earlier: what the model has to say at each place.
 *
 * @param labels token ids, 0 where the weight is 0, [rows * length]
 * @param weights 1 for a place that counts, else 0, [rows * length]
 * @param count places that count
 */
@SuppressWarnings("ArrayRecordComponent")
record NextTokenLabels(int[] labels, float[] weights, int count) {

  static NextTokenLabels of(Batch batch) {
    int length = batch.length();
    int[] labels = new int[batch.ids().length];
    float[] weights = new float[labels.length];
    int[][] rows = ((TokenLabels) batch.targets()).labels();
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      for (int i = 1; i < rows[row].length; i++) {
        if (rows[row][i] != TokenLabels.IGNORED) {
          labels[row * length + i - 1] = rows[row][i];
          weights[row * length + i - 1] = 1;
          count++;
        }
      }
    }
    return new NextTokenLabels(labels, weights, count);
  }
}
