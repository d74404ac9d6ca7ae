package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets.TokenLabels;

/**
 * What a language model has to say at each place of a batch.
 *
 * @param labels token ids, 0 where the weight is 0, [rows * length]
 * @param weights 1 for a place that counts, else 0, [rows * length]
 * @param count places that count
 */
@SuppressWarnings("ArrayRecordComponent")
record PlaceLabels(int[] labels, float[] weights, int count) {

  /**
   * The labels of a causal model: a place has to say the label of the next one, and the last of a
   * text nothing, whatever stands after it.
   */
  static PlaceLabels next(Batch batch) {
    return of(batch, 1);
  }

  /** The labels of a masked model: a place has to say its own label. */
  static PlaceLabels own(Batch batch) {
    return of(batch, 0);
  }

  private static PlaceLabels of(Batch batch, int ahead) {
    int[] labels = new int[batch.ids().length];
    float[] weights = new float[labels.length];
    int[][] texts = ((TokenLabels) batch.targets()).labels();
    int count = 0;
    for (int text = 0; text < texts.length; text++) {
      int start = batch.start(text);
      for (int i = ahead; i < texts[text].length; i++) {
        if (texts[text][i] != TokenLabels.IGNORED) {
          labels[start + i - ahead] = texts[text][i];
          weights[start + i - ahead] = 1;
          count++;
        }
      }
    }
    return new PlaceLabels(labels, weights, count);
  }
}
