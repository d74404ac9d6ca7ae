package dev.loraplus.data.batch;

import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.Encoding;
import java.util.Arrays;

/** Which tokens of a text a causal language model learns to give. */
final class TokenLabelling {
  private TokenLabelling() {}

  /** The ids, with those before the first token of a pair's second text ignored. */
  static int[] of(String place, Encoding encoding, boolean pair) {
    int[] labels = encoding.ids().clone();
    int first = pair ? completion(place, encoding) : 0;
    Arrays.fill(labels, 0, first, Targets.TokenLabels.IGNORED);
    // Nothing comes before the first token, so nothing predicts it.
    if (labels.length - Math.max(first, 1) < 1) {
      throw new DataException(
          place + ": at least two tokens are needed to predict one, got " + labels.length);
    }
    return labels;
  }

  private static int completion(String place, Encoding encoding) {
    for (int i = 0; i < encoding.length(); i++) {
      if (encoding.typeIds()[i] == 1 && encoding.specialTokensMask()[i] == 0) {
        return i;
      }
    }
    throw new DataException(
        place
            + ": no token is marked as the completion's; either the text was cut before it or this"
            + " tokenizer does not number the second text");
  }
}
