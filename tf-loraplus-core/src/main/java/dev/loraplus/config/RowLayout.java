package dev.loraplus.config;

import java.util.List;

/** How the texts of a batch lie in the rows that a step reads. */
public sealed interface RowLayout {
  /** Rows of one text each, padded to powers of two from 16. */
  RowLayout STANDARD = new Padded(List.of());

  /**
   * Rows of one text each, padded to given lengths.
   *
   * @param lengths tokens, ascending from at least 1; empty means powers of two from 16
   */
  record Padded(List<Integer> lengths) implements RowLayout {
    /**
     * Checks that the lengths ascend.
     *
     * @param lengths tokens, ascending from at least 1; empty means powers of two from 16
     */
    public Padded {
      lengths = List.copyOf(lengths);
      Faults faults = new Faults();
      for (int i = 0; i < lengths.size(); i++) {
        int previous = i == 0 ? 0 : lengths.get(i - 1);
        faults.require(
            lengths.get(i) > previous,
            "lengthBuckets: must ascend from at least 1, got %s",
            lengths);
      }
      faults.throwIfAny();
    }
  }

  /**
   * Rows of one text each, padded to the few lengths that pad the training texts least.
   *
   * @param buckets most lengths, at least 1
   */
  record Fitted(int buckets) implements RowLayout {
    /**
     * Checks the number.
     *
     * @param buckets most lengths, at least 1
     */
    public Fitted {
      new Faults()
          .require(buckets >= 1, "fittedBuckets: must be at least 1, got %s", buckets)
          .throwIfAny();
    }
  }

  /**
   * Training rows of one length that several texts share without seeing each other. A batch has as
   * many texts as in any other layout, in fewer rows. Evaluation data lies in {@link #STANDARD}.
   *
   * @param length tokens of a row, at least those of the longest training text; more than the model
   *     reads at once is fine, since positions begin anew with every text
   */
  record Packed(int length) implements RowLayout {
    /**
     * Checks the length.
     *
     * @param length tokens of a row, at least 1
     */
    public Packed {
      new Faults()
          .require(length >= 1, "packedLength: must be at least 1, got %s", length)
          .throwIfAny();
    }
  }
}
