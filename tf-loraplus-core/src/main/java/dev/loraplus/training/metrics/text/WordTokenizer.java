package dev.loraplus.training.metrics.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Splits a text into words as NIST's mteval-v13a does, which is sacrebleu's default "13a": four
 * entities become characters, ASCII signs become words of their own, but for apostrophes, full
 * stops and commas within numbers, and hyphens that follow no digit.
 *
 * @param casing whether letters keep their case
 */
public record WordTokenizer(Casing casing) {
  private static final Pattern SIGN = Pattern.compile("([ -&(-+/:-@\\[-`{-~])");
  private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern HYPHEN_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
  // Unicode's white space and the four separators of ASCII, as Python splits.
  private static final Pattern SPACES =
      Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern SPACES_AT_END =
      Pattern.compile("[\\s\\x1c-\\x1f]+\\z", Pattern.UNICODE_CHARACTER_CLASS);

  /** What happens to capital letters. */
  public enum Casing {
    /** They stay, as in sacrebleu's default. */
    KEPT,
    /** They become small, as NIST's mteval and the E2E challenge have it. */
    LOWERED
  }

  /**
   * Splits a text.
   *
   * @param text may be empty
   * @return its words
   */
  public List<String> split(String text) {
    String line = casing == Casing.LOWERED ? text.toLowerCase(Locale.ROOT) : text;
    line = SPACES_AT_END.matcher(line).replaceFirst("");
    line = line.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
    line =
        line.replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    line = SIGN.matcher(" " + line + " ").replaceAll(" $1 ");
    line = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = POINT_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = HYPHEN_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return SPACES.splitAsStream(line).filter(word -> !word.isEmpty()).toList();
  }
}
