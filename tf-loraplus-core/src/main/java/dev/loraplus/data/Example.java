package dev.loraplus.data;

import org.jspecify.annotations.Nullable;

/**
 * A text, or a pair of texts, and what a model should give for it.
 *
 * @param text the first or only text, not blank
 * @param pair the second text of a pair, not blank, or null
 * @param target a label, a score or nothing
 */
public record Example(String text, @Nullable String pair, Target target) {

  /**
   * Checks the texts.
   *
   * @param text the first or only text, not blank
   * @param pair the second text of a pair, not blank, or null
   * @param target a label, a score or nothing
   */
  public Example {
    requireText("text", text);
    if (pair != null) {
      requireText("pair", pair);
    }
  }

  /**
   * A text without a target.
   *
   * @param text the text, not blank
   * @return the example
   * @throws DataException if the text is blank
   */
  public static Example of(String text) {
    return new Example(text, null, new Target.None());
  }

  /**
   * A text of a class.
   *
   * @param text the text, not blank
   * @param label name of the class, not blank
   * @return the example
   * @throws DataException if the text or the label is blank
   */
  public static Example labelled(String text, String label) {
    return new Example(text, null, new Target.Label(label));
  }

  /**
   * A text with a number.
   *
   * @param text the text, not blank
   * @param score the number, finite
   * @return the example
   * @throws DataException if the text is blank or the number not finite
   */
  public static Example scored(String text, double score) {
    return new Example(text, null, new Target.Score(score));
  }

  /**
   * The same example with a second text.
   *
   * @param second the second text, not blank
   * @return the pair
   * @throws DataException if the text is blank
   */
  public Example withPair(String second) {
    return new Example(text, second, target);
  }

  private static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new DataException(name + ": must not be blank, got " + Shown.text(value));
    }
  }
}
