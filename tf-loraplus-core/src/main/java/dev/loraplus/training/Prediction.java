package dev.loraplus.training;

import java.util.List;

/** What a model gives for one text. */
public sealed interface Prediction {

  /**
   * A name with its probability.
   *
   * @param name a label or a token
   * @param probability in [0, 1], by softmax over all names
   */
  record Candidate(String name, double probability) {}

  /**
   * Classes of a text.
   *
   * @param candidates the likeliest first
   */
  record Classes(List<Candidate> candidates) implements Prediction {}

  /**
   * A number for a text.
   *
   * @param value the number
   */
  record Score(double value) implements Prediction {}

  /**
   * Tokens for the masks of a text.
   *
   * @param masks one list for each mask in the order of the text, the likeliest token first
   */
  record Tokens(List<List<Candidate>> masks) implements Prediction {}

  /**
   * Tokens that may follow a text.
   *
   * @param candidates the likeliest first
   */
  record NextToken(List<Candidate> candidates) implements Prediction {}
}
