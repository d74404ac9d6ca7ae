package dev.loraplus.data.batch;

/**
 * What a model should give for some examples, in their order. The arrays belong to these records:
 * they are not copied and must not be changed.
 */
public sealed interface Targets {

  /**
   * The values at some positions.
   *
   * @param positions examples, from 0
   * @param rows length of the result; what is beyond the positions is 0
   * @return targets of {@code rows} rows
   */
  Targets select(int[] positions, int rows);

  /**
   * Classes.
   *
   * @param ids class ids, from 0
   */
  @SuppressWarnings("ArrayRecordComponent")
  record ClassIds(int[] ids) implements Targets {
    @Override
    public ClassIds select(int[] positions, int rows) {
      int[] selected = new int[rows];
      for (int row = 0; row < positions.length; row++) {
        selected[row] = ids[positions[row]];
      }
      return new ClassIds(selected);
    }
  }

  /**
   * Numbers.
   *
   * @param values the numbers, finite
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Scores(float[] values) implements Targets {
    @Override
    public Scores select(int[] positions, int rows) {
      float[] selected = new float[rows];
      for (int row = 0; row < positions.length; row++) {
        selected[row] = values[positions[row]];
      }
      return new Scores(selected);
    }
  }

  /**
   * The token that should stand at each place of an example, or {@link #IGNORED}.
   *
   * @param labels token ids, an array of the example's length for each; fillers have none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record TokenLabels(int[][] labels) implements Targets {
    /** Marks a place that does not count, as in transformers. */
    public static final int IGNORED = -100;

    @Override
    public TokenLabels select(int[] positions, int rows) {
      int[][] selected = new int[rows][];
      for (int row = 0; row < rows; row++) {
        selected[row] = row < positions.length ? labels[positions[row]] : new int[0];
      }
      return new TokenLabels(selected);
    }
  }

  /** Nothing is known, or nothing is needed. */
  record None() implements Targets {
    @Override
    public None select(int[] positions, int rows) {
      return this;
    }
  }
}
