package dev.loraplus.data.batch;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where several texts lie in the rows of one batch. The arrays must not be changed.
 *
 * @param texts number of the text that each token belongs to, from 1; 0 for padding {@code [rows,
 *     length]}
 * @param positions place of each token in its text, from 0; 0 for padding {@code [rows, length]}
 * @param firsts place of the first token of each text among all tokens; 0 for fillers, which weigh
 *     nothing {@code [texts]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Packing(int[] texts, int[] positions, int[] firsts) {

  /** The texts with these first places and lengths. */
  static Packing of(int places, int[] starts, int[] tokens, int batchSize) {
    int[] texts = new int[places];
    int[] positions = new int[places];
    for (int text = 0; text < starts.length; text++) {
      for (int i = 0; i < tokens[text]; i++) {
        texts[starts[text] + i] = text + 1;
        positions[starts[text] + i] = i;
      }
    }
    return new Packing(texts, positions, Arrays.copyOf(starts, batchSize));
  }

  /** Places of all tokens, text by text. */
  IntStream inOrderOfTexts() {
    int count = Arrays.stream(texts).max().orElse(0);
    return IntStream.range(0, count).flatMap(this::placesOf);
  }

  private IntStream placesOf(int text) {
    return IntStream.iterate(
        firsts[text],
        place -> place < texts.length && texts[place] == text + 1,
        place -> place + 1);
  }
}
