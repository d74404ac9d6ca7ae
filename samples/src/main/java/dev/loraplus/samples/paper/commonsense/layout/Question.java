package dev.loraplus.samples.paper.commonsense.layout;

import java.util.List;

/**
 * A question with its options.
 *
 * @param options at least two
 * @param answer index of the right one
 */
public record Question(List<Option> options, int answer) {
  /**
   * What a model is asked how likely it is.
   *
   * @param prompt what comes before, without a space at its end
   * @param text the option, with the space before it
   */
  public record Option(String prompt, String text) {}

  /**
   * Copies the options.
   *
   * @param options at least two
   * @param answer index of the right one
   * @throws IllegalArgumentException if there are fewer than two options or the answer is none of
   *     them
   */
  public Question {
    options = List.copyOf(options);
    if (options.size() < 2) {
      throw new IllegalArgumentException("options: at least two are needed, got " + options);
    }
    if (answer < 0 || answer >= options.size()) {
      throw new IllegalArgumentException(
          "answer: must be one of %d options, got number %d".formatted(options.size(), answer + 1));
    }
  }

  /**
   * A question whose options follow one prompt.
   *
   * @param prompt without a space at its end
   * @param texts of the options; a space comes before each
   * @param answer index of the right one
   * @return the question
   * @throws IllegalArgumentException if there are fewer than two options or the answer is none
   */
  static Question of(String prompt, List<String> texts, int answer) {
    return new Question(
        texts.stream().map(text -> new Option(prompt, " " + text.strip())).toList(), answer);
  }

  /**
   * The question with its right answer, as an example for others.
   *
   * @return prompt and text
   */
  public String solved() {
    return options.get(answer).prompt() + options.get(answer).text();
  }
}
