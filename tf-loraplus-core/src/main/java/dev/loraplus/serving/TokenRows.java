package dev.loraplus.serving;

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
   * Texts of one segment, padded to the longest.
   *
   * @param padId what stands where a text has ended
   * @param texts token ids of each text, at least one text and no empty one
   * @return the rows
   */
  public static TokenRows padded(int padId, List<int[]> texts) {
    int length = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    int[] ids = new int[texts.size() * length];
    int[] mask = new int[ids.length];
    Arrays.fill(ids, padId);
    for (int row = 0; row < texts.size(); row++) {
      int[] text = texts.get(row);
      if (text.length == 0) {
        throw new IllegalArgumentException("text " + row + ": must have at least one token");
      }
      System.arraycopy(text, 0, ids, row * length, text.length);
      Arrays.fill(mask, row * length, row * length + text.length, 1);
    }
    return new TokenRows(length, ids, mask, new int[ids.length]);
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
