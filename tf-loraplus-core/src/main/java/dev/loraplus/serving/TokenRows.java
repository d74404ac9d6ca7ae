package dev.loraplus.serving;

import dev.loraplus.data.tokenizer.Encoding;
import java.util.Arrays;
import java.util.List;

/**
 * Token ids of some texts, padded to one length.
 *
 * @param length tokens in a row
 * @param ids token ids, [texts, length]
 * @param mask 1 for a token, 0 for padding, [texts, length]
 * @param typeIds segment of each token, [texts, length]
 */
@SuppressWarnings("ArrayRecordComponent") // a view of the caller's arrays, never compared
public record TokenRows(int length, int[] ids, int[] mask, int[] typeIds) {
  /**
   * Checks that the arrays hold whole rows of the same number.
   *
   * @param length tokens in a row
   * @param ids token ids, [texts, length]
   * @param mask 1 for a token, 0 for padding, [texts, length]
   * @param typeIds segment of each token, [texts, length]
   */
  public TokenRows {
    if (length < 1 || ids.length == 0 || ids.length % length != 0) {
      throw new IllegalArgumentException(
          String.format("ids: must be whole rows of %d tokens, got %d", length, ids.length));
    }
    if (mask.length != ids.length || typeIds.length != ids.length) {
      throw new IllegalArgumentException(
          String.format(
              "mask and typeIds: must be as many as the %d ids, got %d and %d",
              ids.length, mask.length, typeIds.length));
    }
  }

  /**
   * Tokenised texts, padded to the longest.
   *
   * @param padId what stands where a text has ended
   * @param texts at least one
   * @return the rows
   */
  public static TokenRows padded(int padId, List<Encoding> texts) {
    int length = texts.stream().mapToInt(Encoding::length).max().orElse(0);
    int[] ids = new int[texts.size() * length];
    int[] mask = new int[ids.length];
    int[] typeIds = new int[ids.length];
    Arrays.fill(ids, padId);
    for (int row = 0; row < texts.size(); row++) {
      Encoding text = texts.get(row);
      int start = row * length;
      System.arraycopy(text.ids(), 0, ids, start, text.length());
      System.arraycopy(text.typeIds(), 0, typeIds, start, text.length());
      Arrays.fill(mask, start, start + text.length(), 1);
    }
    return new TokenRows(length, ids, mask, typeIds);
  }

  /**
   * Number of texts.
   *
   * @return rows
   */
  public int texts() {
    return ids.length / length;
  }
}
