package dev.loraplus.training;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.EncodedDataset;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Chooses the tokens that a masked language model has to guess (Devlin et al., arXiv 1810.04805,
 * section 3.1): 15 % of the text's tokens, of which 80 % become the mask token, 10 % a random one
 * and 10 % stay. The choice is a function of (seed, draw) and the texts; every batch has at least
 * one, so no mean over a batch is 0 / 0.
 */
final class TokenMasking {
  private static final double CHOSEN = 0.15;
  private static final double MASKED = 0.8;
  private static final double RANDOM = 0.9;

  private final int maskId;
  private final int vocabulary;

  private TokenMasking(int maskId, int vocabulary) {
    this.maskId = maskId;
    this.vocabulary = vocabulary;
  }

  static TokenMasking of(Objective.Vocabulary vocabulary) {
    int mask =
        vocabulary
            .maskId()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "masked language model: the tokenizer has no mask token"));
    return new TokenMasking(mask, vocabulary.size());
  }

  /**
   * Refuses texts of special tokens alone.
   *
   * @param place names an example by its index
   */
  static void requireMaskable(EncodedDataset texts, IntFunction<String> place) {
    for (int i = 0; i < texts.size(); i++) {
      int[] special = texts.encoding(i).specialTokensMask();
      if (Arrays.stream(special).allMatch(flag -> flag == 1)) {
        throw new DataException(
            place.apply(i)
                + ": must have a token that can be masked, got only special tokens ("
                + special.length
                + ")");
      }
    }
  }

  /**
   * Tokens with some of them hidden.
   *
   * @param ids what the model sees
   * @param weights 1 for a token to guess, else 0
   * @param count tokens to guess
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Masked(int[] ids, float[] weights, int count) {}

  Masked apply(Batch batch, long seed, long draw) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + draw);
    int[] ids = batch.ids().clone();
    float[] weights = new float[ids.length];
    int count = 0;
    int fallback = -1;
    for (int i : batch.inOrderOfTexts()) {
      if (batch.specialTokensMask()[i] == 1) {
        continue;
      }
      fallback = fallback < 0 ? i : fallback;
      if (random.nextDouble() < CHOSEN) {
        weights[i] = 1;
        ids[i] = hide(ids[i], random);
        count++;
      }
    }
    if (count == 0 && fallback >= 0) {
      weights[fallback] = 1;
      ids[fallback] = maskId;
      count = 1;
    }
    return new Masked(ids, weights, count);
  }

  private int hide(int id, SplittableRandom random) {
    double fate = random.nextDouble();
    if (fate < MASKED) {
      return maskId;
    }
    return fate < RANDOM ? random.nextInt(vocabulary) : id;
  }
}
