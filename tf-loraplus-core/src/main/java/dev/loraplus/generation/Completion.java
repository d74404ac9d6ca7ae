package dev.loraplus.generation;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
import java.util.Arrays;

/**
 * A prompt and what may follow it, as tokens. The arrays are not copied and must not be changed.
 *
 * @param prompt at least one id
 * @param ids of what follows, at least one
 */
@SuppressWarnings("ArrayRecordComponent")
public record Completion(int[] prompt, int[] ids) {
  /**
   * Checks that there are tokens.
   *
   * @param prompt at least one id
   * @param ids of what follows, at least one
   * @throws DataException if there is no token of the prompt, or none of what follows
   */
  public Completion {
    if (prompt.length == 0 || ids.length == 0) {
      throw new DataException(
          "completion: prompt and what follows must have at least one token, got %d and %d"
              .formatted(prompt.length, ids.length));
    }
  }

  /**
   * Tokens of texts. Both are encoded together, as one text, with the special tokens that the
   * tokenizer puts before it; as many tokens as the prompt has alone belong to it, the others to
   * what follows. Spaces at the prompt's end count as the beginning of what follows, because most
   * vocabularies have words with the space before them.
   *
   * @param tokenizer of the model
   * @param prompt not blank
   * @param text what follows, not blank
   * @return the tokens
   * @throws DataException if a text has no tokens
   */
  public static Completion of(TextTokenizer tokenizer, String prompt, String text) {
    String before = prompt.stripTrailing();
    String after = prompt.substring(before.length()) + text;
    int[] whole = open(tokenizer.encode(before + after, Integer.MAX_VALUE));
    int first = open(tokenizer.encode(before, Integer.MAX_VALUE)).length;
    if (first >= whole.length) {
      throw new DataException("completion: '%s' adds no token to '%s'".formatted(text, before));
    }
    return new Completion(
        Arrays.copyOf(whole, first), Arrays.copyOfRange(whole, first, whole.length));
  }

  /** The ids without the special tokens at the end, which would close the text. */
  private static int[] open(Encoding encoding) {
    int end = encoding.length();
    while (end > 0 && encoding.specialTokensMask()[end - 1] == 1) {
      end--;
    }
    return Arrays.copyOf(encoding.ids(), end);
  }

  /**
   * The same with a shorter prompt, which loses tokens at its beginning.
   *
   * @param most tokens of both together
   * @return this if it is short enough
   * @throws ConfigurationException if what follows leaves no place for a token of the prompt
   */
  public Completion within(int most) {
    int kept = most - ids.length;
    if (kept < 1) {
      throw new ConfigurationException(
          "completion: its %d tokens and one of the prompt must fit the model's %d positions"
              .formatted(ids.length, most));
    }
    return prompt.length <= kept
        ? this
        : new Completion(Arrays.copyOfRange(prompt, prompt.length - kept, prompt.length), ids);
  }

  int length() {
    return prompt.length + ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Completion that
        && Arrays.equals(prompt, that.prompt)
        && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(prompt) + Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(prompt) + " -> " + Arrays.toString(ids);
  }
}
