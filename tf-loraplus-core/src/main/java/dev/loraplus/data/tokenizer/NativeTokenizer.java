package dev.loraplus.data.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face tokenizer in native code. Encoding only reads native state, so threads may share
 * it. Truncation is done here: the native one is a setting of the shared state.
 */
final class NativeTokenizer implements TextTokenizer {
  private final HuggingFaceTokenizer tokenizer;
  private final SpecialIds ids;
  private final Map<Integer, String> tokens;

  /**
   * What the vocabulary says.
   *
   * @param pad id of the padding token
   * @param mask id of the mask token, if any
   * @param vocabSize largest id plus one
   */
  record SpecialIds(int pad, OptionalInt mask, int vocabSize) {}

  NativeTokenizer(HuggingFaceTokenizer tokenizer, SpecialIds ids, Map<Integer, String> tokens) {
    this.tokenizer = tokenizer;
    this.ids = ids;
    this.tokens = tokens;
  }

  @Override
  public Encoding encode(String text, @Nullable String pair, int maxLength) {
    requireUnicode("text", text);
    if (pair == null) {
      return truncate(tokenizer.encode(text, true, false), maxLength);
    }
    requireUnicode("pair", pair);
    return truncate(tokenizer.encode(text, pair, true, false), maxLength);
  }

  @Override
  public int padId() {
    return ids.pad();
  }

  @Override
  public OptionalInt maskId() {
    return ids.mask();
  }

  @Override
  public int vocabSize() {
    return ids.vocabSize();
  }

  @Override
  public String token(int id) {
    String token = tokens.get(id);
    if (token == null) {
      throw new DataException(
          "token id: must be one of the vocabulary's %d, got %d".formatted(tokens.size(), id));
    }
    return token;
  }

  @Override
  public OptionalInt id(String token) {
    return tokens.entrySet().stream()
        .filter(entry -> entry.getValue().equals(token))
        .mapToInt(Map.Entry::getKey)
        .findFirst();
  }

  @Override
  public String decode(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static Encoding truncate(ai.djl.huggingface.tokenizers.Encoding whole, int maxLength) {
    long[] special = whole.getSpecialTokenMask();
    long[] sequence = whole.getSequenceIds();
    int[] texts = new int[2];
    for (int i = 0; i < special.length; i++) {
      if (special[i] == 0) {
        texts[sequence(sequence[i])]++;
      }
    }
    int budget = maxLength - (special.length - texts[0] - texts[1]);
    if (budget <= 0) {
      throw new ConfigurationException(
          "maxLength: must be more than the %d special tokens, got %d"
              .formatted(maxLength - budget, maxLength));
    }
    LongestFirst kept = LongestFirst.share(texts[0], texts[1], budget);
    return select(whole, new int[] {kept.first(), kept.second()});
  }

  /** Keeps the special tokens and the first tokens of each text. */
  private static Encoding select(ai.djl.huggingface.tokenizers.Encoding whole, int[] left) {
    long[] special = whole.getSpecialTokenMask();
    long[] sequence = whole.getSequenceIds();
    int[] positions = new int[special.length];
    int length = 0;
    for (int i = 0; i < special.length; i++) {
      if (special[i] != 0 || left[sequence(sequence[i])]-- > 0) {
        positions[length++] = i;
      }
    }
    return new Encoding(
        pick(whole.getIds(), positions, length),
        pick(whole.getTypeIds(), positions, length),
        pick(special, positions, length));
  }

  /** A lone text has no sequence id where nothing frames it. */
  private static int sequence(long id) {
    return (int) Math.max(id, 0);
  }

  private static int[] pick(long[] values, int[] positions, int length) {
    int[] picked = new int[length];
    for (int i = 0; i < length; i++) {
      picked[i] = Math.toIntExact(values[positions[i]]);
    }
    return picked;
  }

  /** Native strings are UTF-8, which has no form for half a surrogate pair. */
  private static void requireUnicode(String name, String text) {
    int point;
    for (int i = 0; i < text.length(); i += Character.charCount(point)) {
      point = text.codePointAt(i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        throw new DataException(
            "%s: must be valid Unicode, got a surrogate U+%04X alone at index %d"
                .formatted(name, point, i));
      }
    }
  }
}
