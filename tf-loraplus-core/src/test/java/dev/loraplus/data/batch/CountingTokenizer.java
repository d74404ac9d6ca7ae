package dev.loraplus.data.batch;

import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.fixture.NumberedTokens;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Gives "n" a special token 1 and n tokens 10 + n; a pair adds as many of type 1; pads with 9. */
final class CountingTokenizer implements NumberedTokens {
  @Override
  public Encoding encode(String text, @Nullable String pair, int maxLength) {
    if (text.equals("bad")) {
      throw new DataException("text: is bad");
    }
    int first = Integer.parseInt(text);
    int second = pair == null ? 0 : Integer.parseInt(pair);
    int length = Math.min(maxLength, 1 + first + second);
    int[] ids = new int[length];
    int[] types = new int[length];
    int[] special = new int[length];
    Arrays.fill(ids, 10 + first);
    ids[0] = 1;
    special[0] = 1;
    Arrays.fill(types, Math.min(1 + first, length), length, 1);
    return new Encoding(ids, types, special);
  }

  @Override
  public int padId() {
    return 9;
  }

  @Override
  public OptionalInt maskId() {
    return OptionalInt.empty();
  }

  @Override
  public int vocabSize() {
    return 1000;
  }
}
