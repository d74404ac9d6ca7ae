package dev.loraplus.samples.paper.commonsense;

import java.util.function.IntToDoubleFunction;

/**
 * How likely a model finds the options of a question.
 *
 * @param answer index of the right option
 * @param logLikelihoods of the options, each the sum over its tokens
 * @param tokens of the options
 * @param characters of the options, in code points, without the space before them
 */
@SuppressWarnings("ArrayRecordComponent")
record ScoredQuestion(int answer, double[] logLikelihoods, int[] tokens, int[] characters) {

  /** Whether the option with the greatest log-likelihood is right. */
  boolean rightBySum() {
    return best(option -> logLikelihoods[option]) == answer;
  }

  /** Whether the option with the greatest log-likelihood over its characters is right. */
  boolean rightByCharacter() {
    return best(option -> logLikelihoods[option] / characters[option]) == answer;
  }

  /** The first of equals. */
  private int best(IntToDoubleFunction score) {
    int best = 0;
    for (int option = 1; option < logLikelihoods.length; option++) {
      best = score.applyAsDouble(option) > score.applyAsDouble(best) ? option : best;
    }
    return best;
  }
}
