package dev.loraplus.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.adapter.LoraAdapter;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * The frozen weights that peft stores beside an adapter on the word table or the language model's
 * head. peft loads them over those of the base model; here they have to be the same.
 */
final class FrozenCopies {
  private static final double TOLERANCE = 1e-3;

  private FrozenCopies() {}

  /** Refuses an adapter whose frozen weights are not those of the model. */
  static void require(WeightSource source, AdaptedModel model) {
    for (LoraAdapter adapter : model.adapters().all()) {
      String key = PeftKeys.PREFIX + adapter.path() + PeftKeys.FROZEN;
      if (source.tensors().containsKey(key)) {
        ModelWeights.Entry entry = model.weights().get(adapter.path() + ".weight");
        try (TFloat32 stored = source.read(key);
            Result current = VariableStore.read(model.session(), List.of(entry.variable()))) {
          if (!same(stored, (TFloat32) current.get(0), entry.transposed())) {
            throw new WeightException(
                String.format(
                    "%s: '%s' is not the weight of the base model (load it onto the model that it"
                        + " was trained on)",
                    source.description(), key));
          }
        }
      }
    }
  }

  private static boolean same(TFloat32 stored, TFloat32 current, boolean transposed) {
    int axis = transposed ? 1 : 0;
    long rows = stored.shape().get(0);
    long columns = stored.shape().get(1);
    if (rows != current.shape().get(axis) || columns != current.shape().get(1 - axis)) {
      return false;
    }
    double difference = 0;
    double norm = 0;
    for (long row = 0; row < rows; row++) {
      for (long column = 0; column < columns; column++) {
        double a = stored.getFloat(row, column);
        double b = transposed ? current.getFloat(column, row) : current.getFloat(row, column);
        difference += (a - b) * (a - b);
        norm += b * b;
      }
    }
    return Math.sqrt(difference) <= TOLERANCE * Math.sqrt(norm);
  }
}
