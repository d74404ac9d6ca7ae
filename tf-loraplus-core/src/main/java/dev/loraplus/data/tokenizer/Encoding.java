package dev.loraplus.data.tokenizer;

import java.util.Arrays;

/**
 * The tokens of a text or a pair, without padding. The arrays are of one length and belong to this
 * record: they are not copied and must not be changed.
 *
 * @param ids ids in the vocabulary
 * @param typeIds 0 for the first text and what frames it, 1 for the second; models without token
 *     types have 0 everywhere
 * @param specialTokensMask 1 for tokens that frame the texts, such as {@code [CLS]}, else 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record Encoding(int[] ids, int[] typeIds, int[] specialTokensMask) {

  /**
   * Checks the lengths.
   *
   * @param ids ids in the vocabulary
   * @param typeIds 0 for the first text and what frames it, 1 for the second; models without token
   *     types have 0 everywhere
   * @param specialTokensMask 1 for tokens that frame the texts, such as {@code [CLS]}, else 0
   */
  public Encoding {
    if (typeIds.length != ids.length || specialTokensMask.length != ids.length) {
      throw new IllegalArgumentException(
          "encoding: arrays must be of one length, got %d ids, %d type ids, %d mask values"
              .formatted(ids.length, typeIds.length, specialTokensMask.length));
    }
  }

  /**
   * How many tokens there are.
   *
   * @return the length of each array
   */
  public int length() {
    return ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encoding that
        && Arrays.equals(ids, that.ids)
        && Arrays.equals(typeIds, that.typeIds)
        && Arrays.equals(specialTokensMask, that.specialTokensMask);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return "Encoding" + Arrays.toString(ids);
  }
}
