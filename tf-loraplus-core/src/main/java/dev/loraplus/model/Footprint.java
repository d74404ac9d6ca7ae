package dev.loraplus.model;

/**
 * What a training pass over a text keeps for its backward pass, in numbers for each token.
 *
 * @param layers how many equal layers there are
 * @param whole how many of them are computed for every token: all, or all but the last
 * @param hidden features between two layers
 * @param layer what one layer keeps, in float32
 * @param narrow what it keeps once more in bfloat16 where products are taken in it: the operands of
 *     attention's products, whose gradients need them
 * @param head what the head keeps
 */
public record Footprint(int layers, int whole, long hidden, long layer, long narrow, long head) {
  /**
   * What a layer of attention and a feed-forward part keeps without dropout, as measured peaks have
   * it: input, queries, keys and values; for each of two norms the deviations; input of the
   * activation; probabilities of attention.
   */
  static long plainLayer(long hidden, long inner, long probabilities) {
    return 6 * hidden + inner + probabilities;
  }

  /** Logits, labels as numbers, probabilities and the gradient, for each word. */
  static long words(int vocabulary) {
    return 4L * vocabulary;
  }
}
