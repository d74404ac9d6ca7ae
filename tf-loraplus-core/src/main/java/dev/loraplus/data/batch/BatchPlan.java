package dev.loraplus.data.batch;

import java.util.Arrays;

/**
 * The examples of one batch. The array belongs to this record and must not be changed.
 *
 * @param examples positions in the dataset, at least one, at most the batch size
 * @param length tokens to pad each to
 */
@SuppressWarnings("ArrayRecordComponent")
public record BatchPlan(int[] examples, int length) {
  @Override
  public boolean equals(Object other) {
    return other instanceof BatchPlan that
        && length == that.length
        && Arrays.equals(examples, that.examples);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(examples) + length;
  }

  @Override
  public String toString() {
    return "BatchPlan[" + Arrays.toString(examples) + ", length=" + length + "]";
  }
}
