package dev.loraplus.data.batch;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of one length that several examples share. The number of rows of a batch follows its texts;
 * it is rounded up, but not above the batch size, so that there are few shapes.
 *
 * @param length tokens of a row, at least 1
 * @param bits leading bits of the number of rows that are kept, at least 1: with 3 it is one of 1
 *     to 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, ..., with 2 one of 1 to 4, 6, 8, 12, 16, 24, ...
 * @param least rows of a batch, however few texts it has, at least 1
 */
public record PackedRows(int length, int bits, int least) implements TextRows {
  /** Adds 9 % of rows on average. */
  private static final int BITS = 3;

  /** Adds 18 %, for half as many shapes. */
  private static final int BITS_COMPILED = 2;

  /**
   * Checks the numbers.
   *
   * @param length tokens of a row, at least 1
   * @param bits leading bits of the number of rows that are kept, at least 1
   * @param least rows of a batch, at least 1
   */
  public PackedRows {
    new Faults()
        .require(length >= 1, "packedLength: must be at least 1, got %d", length)
        .require(bits >= 1, "bits: must be at least 1, got %d", bits)
        .require(least >= 1, "least: must be at least 1, got %d", least)
        .throwIfAny();
  }

  /**
   * Rows for a compilation.
   *
   * @param length tokens of a row, at least 1
   * @param compilation FULL compiles each shape, for ten seconds or more
   * @param batchSize texts of a batch, at least 1
   * @param texts what is cut into batches
   * @return with FULL, rows of fewer shapes
   */
  public static PackedRows of(
      int length, Compilation compilation, int batchSize, EncodedDataset texts) {
    return compilation == Compilation.FULL ? compiled(length, batchSize, texts) : of(length);
  }

  /**
   * Rows where a new shape costs little.
   *
   * @param length tokens of a row, at least 1
   * @return the rows
   */
  public static PackedRows of(int length) {
    return new PackedRows(length, BITS, 1);
  }

  /**
   * Nearly all batches have one of two shapes, that of a batch of average texts or the next. The
   * last one of an epoch, which is short of texts, has them too.
   */
  static PackedRows compiled(int length, int batchSize, EncodedDataset texts) {
    double mean = Arrays.stream(texts.lengths()).average().orElse(1);
    int rows = (int) Math.ceil(batchSize * mean / length);
    return new PackedRows(length, BITS_COMPILED, rounded(Math.max(1, rows), BITS_COMPILED));
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
    return new Placement(Math.min(batchSize, Math.max(least, rounded(rows, bits))), starts);
  }

  private static int[] longestFirst(int[] tokens) {
    return IntStream.range(0, tokens.length)
        .boxed()
        .sorted(Comparator.comparingInt(example -> -tokens[example]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The next number that is no more than some bits followed by zeros. */
  static int rounded(int rows, int bits) {
    int step = Math.max(1, Integer.highestOneBit(rows - 1) >> (bits - 1));
    return (rows + step - 1) / step * step;
  }
}
