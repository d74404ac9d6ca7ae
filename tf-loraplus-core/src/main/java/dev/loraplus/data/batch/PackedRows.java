package dev.loraplus.data.batch;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of one length that several examples share. The number of rows of a batch follows its texts;
 * it is rounded up to one of 1 to 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, ... (three leading bits),
 * but not above the batch size, so that there are few shapes.
 *
 * @param length tokens of a row, at least 1
 */
public record PackedRows(int length) implements TextRows {
  /**
   * Checks the length.
   *
   * @param length tokens of a row, at least 1
   */
  public PackedRows {
    new Faults()
        .require(length >= 1, "packedLength: must be at least 1, got %d", length)
        .throwIfAny();
  }

  @Override
  public List<Integer> lengths() {
    return List.of(length);
  }

  @Override
  public int paddedLength(int tokens) {
    if (tokens > length) {
      throw new ConfigurationException(
          "packedLength: a row must hold the longest training text, of %d tokens, got %d"
              .formatted(tokens, length));
    }
    return length;
  }

  /**
   * First-fit decreasing (Johnson, Near-optimal bin packing algorithms, 1973): from the longest
   * example to the shortest, those of one length in their order, each goes into the first row with
   * space for it.
   */
  @Override
  public Placement place(int[] tokens, int batchSize, int rowLength) {
    int[] starts = new int[tokens.length];
    int[] filled = new int[tokens.length];
    int rows = 0;
    for (int example : longestFirst(tokens)) {
      int row = 0;
      while (filled[row] + tokens[example] > rowLength) {
        row++;
      }
      starts[example] = row * rowLength + filled[row];
      filled[row] += tokens[example];
      rows = Math.max(rows, row + 1);
    }
    return new Placement(Math.min(batchSize, rounded(rows)), starts);
  }

  private static int[] longestFirst(int[] tokens) {
    return IntStream.range(0, tokens.length)
        .boxed()
        .sorted(Comparator.comparingInt(example -> -tokens[example]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The next number that is no more than three bits followed by zeros. */
  static int rounded(int rows) {
    int step = Math.max(1, Integer.highestOneBit(rows - 1) / 4);
    return (rows + step - 1) / step * step;
  }
}
