package dev.loraplus.data.tokenizer;

/**
 * Lengths of two texts that share a budget, the longer one giving way first.
 *
 * @param first tokens left of the first text
 * @param second tokens left of the second text
 */
record LongestFirst(int first, int second) {

  /**
   * Shares the budget m. Both texts stay if they fit. Else the shorter one stays if it has at most
   * m / 2 tokens, the longer one taking what is left; else the shorter takes floor(m / 2) and the
   * longer ceil(m / 2), where the first text counts as the shorter of equals. This is the rule of
   * the native library (0.21). Python's tokenizers 0.23 stop reading each text early and so may
   * give the odd token to the other text.
   */
  static LongestFirst share(int first, int second, int budget) {
    if (first + second <= budget) {
      return new LongestFirst(first, second);
    }
    int shorter = Math.min(Math.min(first, second), budget / 2);
    int longer = budget - shorter;
    return first <= second ? new LongestFirst(shorter, longer) : new LongestFirst(longer, shorter);
  }
}
