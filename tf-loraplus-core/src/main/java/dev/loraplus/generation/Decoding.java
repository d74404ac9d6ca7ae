package dev.loraplus.generation;

import dev.loraplus.config.Faults;

/** How the next token is chosen. */
public sealed interface Decoding {

  /** The token of the highest logit. */
  record Greedy() implements Decoding {}

  /**
   * A token at random, from the distribution of the logits over the temperature, cut to the most
   * likely tokens. The token is a function of the seed, the prompt's index and the token's position
   * alone.
   *
   * @param temperature what logits are divided by, above 0
   * @param topK how many tokens may be chosen; 0 for all
   * @param topP the most likely tokens that together reach this probability may be chosen (Holtzman
   *     et al., arXiv 1904.09751), in (0, 1]
   * @param seed decides what is chosen
   */
  record Sampling(double temperature, int topK, double topP, long seed) implements Decoding {
    /**
     * Checks the ranges.
     *
     * @param temperature what logits are divided by, above 0
     * @param topK how many tokens may be chosen; 0 for all
     * @param topP the most likely tokens that together reach this probability may be chosen
     *     (Holtzman et al., arXiv 1904.09751), in (0, 1]
     * @param seed decides what is chosen
     */
    public Sampling {
      new Faults()
          .require(
              temperature > 0 && Double.isFinite(temperature),
              "temperature: must be above 0, got %s; greedy decoding is the limit of 0",
              temperature)
          .require(topK >= 0, "topK: must be at least 1, or 0 for all tokens, got %s", topK)
          .require(topP > 0 && topP <= 1, "topP: must be in (0, 1], got %s", topP)
          .throwIfAny();
    }

    /**
     * The model's own distribution.
     *
     * @param seed decides what is chosen
     * @return temperature 1 and all tokens
     */
    public static Sampling of(long seed) {
      return new Sampling(1, 0, 1, seed);
    }
  }

  /**
   * The text of the highest score among those that a search keeps, score = log p(text) /
   * length^penalty, with length the number of new tokens; transformers' beam search without
   * sampling.
   *
   * @param count texts kept at each length, at least 2
   * @param lengthPenalty exponent; above 0 favours longer texts
   * @param earlyStopping when the search ends
   */
  record Beams(int count, double lengthPenalty, EarlyStopping earlyStopping) implements Decoding {
    /**
     * Checks the ranges.
     *
     * @param count texts kept at each length, at least 2
     * @param lengthPenalty exponent; above 0 favours longer texts
     * @param earlyStopping when the search ends
     */
    public Beams {
      new Faults()
          .require(count >= 2, "beams: must be at least 2, got %s; one beam is greedy", count)
          .require(
              Double.isFinite(lengthPenalty),
              "lengthPenalty: must be a finite number, got %s",
              lengthPenalty)
          .throwIfAny();
    }

    /**
     * Beams as transformers has them by default.
     *
     * @param count texts kept at each length, at least 2
     * @return length penalty 1, ending when a better text is unlikely
     */
    public static Beams of(int count) {
      return new Beams(count, 1, EarlyStopping.WHEN_UNLIKELY);
    }
  }
}
