package dev.loraplus.model;

/**
 * What a training pass over a text keeps for its backward pass, in numbers for each token.
 *
 * @param layers how many equal layers there are
 * @param whole how many of them are computed for every token: all, or all but the last
 * @param hidden features between two layers
 * @param layer what one layer keeps
 * @param operands of {@code layer}, queries, keys and values: bfloat16 where products are taken in
 *     it
 * @param probabilities of {@code layer}, those of attention: there kept once more, in bfloat16
 * @param inner of {@code layer}, the input of an activation that is kept in bfloat16 there if
 *     chains of small ops are compiled; 0 if it is not
 * @param spared of {@code layer}, what a layer does not keep where a GPU has one kernel for all of
 *     attention; not of the first layer, which has none where its keys need no gradient. On a CPU
 *     it is not kept in float32 beside bfloat16 if chains are compiled
 * @param head what the head keeps
 */
public record Footprint(
    int layers,
    int whole,
    long hidden,
    long layer,
    long operands,
    long probabilities,
    long inner,
    long spared,
    long head) {
  /**
   * What a layer of attention and a feed-forward part keeps without dropout, as measured peaks have
   * it: input, queries, keys and values; for each of two norms the deviations; input of the
   * activation; probabilities of attention.
   */
  static long plainLayer(long hidden, long inner, long probabilities) {
    return 6 * hidden + inner + probabilities;
  }

  /**
   * What attention in one kernel does not keep: its probabilities, unless they are dropped out.
   *
   * @param headSize features of a head; cuDNN has no kernel for more than 128, or for other than
   *     multiples of 8
   */
  static long spared(long probabilities, int headSize, double dropout) {
    return dropout == 0 && headSize <= 128 && headSize % 8 == 0 ? probabilities : 0;
  }

  /** Logits, labels as numbers, probabilities and the gradient, for each word. */
  static long words(int vocabulary) {
    return 4L * vocabulary;
  }
}
