package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.graph.Runs;
import dev.loraplus.model.LoadedModel;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/** The logits of batches that are given whole. */
public final class Logits {
  private Logits() {}

  /**
   * What a model gives as it stands, without dropout.
   *
   * @param model the model
   * @param batch the tokens; its targets are not looked at
   * @return the logits row by row: [rows, classes], or [rows, length, vocabulary] of a language
   *     model
   */
  public static float[] of(LoadedModel model, Batch batch) {
    try (Feeds feeds = new Feeds(model.session().runner())) {
      feeds.tokens(model.inputs(), batch, batch.ids());
      try (Result result = Runs.run(feeds.runner().fetch(model.outputs().logits()))) {
        TFloat32 logits = (TFloat32) result.get(0);
        float[] values = new float[Math.toIntExact(logits.size())];
        logits.asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }
}
