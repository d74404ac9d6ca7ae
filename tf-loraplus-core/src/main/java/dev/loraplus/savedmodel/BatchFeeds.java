package dev.loraplus.savedmodel;

import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.loss.BuiltLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * The placeholders of a batch by key: the inputs of the signature and the feeds of the loss, all of
 * which a run needs.
 */
final class BatchFeeds {
  private final Session session;
  private final Map<String, Output<?>> placeholders;

  /**
   * Collects them.
   *
   * @throws SavedModelException if the loss has a key that is an input's
   */
  BatchFeeds(AdaptedSavedModel model, BuiltLoss loss) {
    this.session = model.session();
    this.placeholders = new LinkedHashMap<>(loss.feeds());
    for (String key : model.adapted().flat().inputs().keySet()) {
      if (placeholders.put(key, model.input(key)) != null) {
        throw new SavedModelException(
            "loss: its feed '" + key + "' is also an input of the signature; give it another key");
      }
    }
  }

  /**
   * A run that is fed a batch.
   *
   * @throws SavedModelException if a tensor is missing or unknown
   */
  Session.Runner runner(Map<String, ? extends Tensor> batch) {
    if (!placeholders.keySet().equals(batch.keySet())) {
      throw new SavedModelException(
          String.format(
              "batch: must have %s, got %s",
              new TreeSet<>(placeholders.keySet()), new TreeSet<>(batch.keySet())));
    }
    Session.Runner runner = session.runner();
    placeholders.forEach((key, placeholder) -> runner.feed(placeholder, batch.get(key)));
    return runner;
  }
}
