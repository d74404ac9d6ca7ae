package dev.loraplus.data.batch;

import dev.loraplus.config.ConfigurationException;
import java.util.List;

/** The rows that batches lie in: few shapes, so that a graph is compiled for few. */
public sealed interface TextRows permits LengthBuckets, PackedRows {
  /**
   * Every length that a row may have.
   *
   * @return tokens, at least one, positive and increasing
   */
  List<Integer> lengths();

  /**
   * The length of the rows of a batch.
   *
   * @param tokens length of the longest example of the batch
   * @return tokens of a row
   * @throws ConfigurationException if no row is long enough
   */
  int paddedLength(int tokens);

  /**
   * Where the examples of a batch lie.
   *
   * @param tokens length of each example
   * @param batchSize examples of a full batch
   * @param length tokens of a row, at least those of the longest example
   * @return rows and places; a function of the arguments alone
   */
  Placement place(int[] tokens, int batchSize, int length);

  /**
   * The longest row.
   *
   * @return most tokens of an example
   */
  default int longest() {
    return lengths().get(lengths().size() - 1);
  }

  /**
   * Where the examples of a batch lie in its rows. The array must not be changed.
   *
   * @param rows rows of the batch
   * @param starts place of each example's first token, counted row by row
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Placement(int rows, int[] starts) {}
}
