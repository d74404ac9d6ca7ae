package dev.loraplus.data.batch;

/**
 * What a model should give for some examples, one value each in their order. The arrays belong to
 * these records: they are not copied and must not be changed.
 */
public sealed interface Targets {

  /**
   * The values at some positions.
   *
   * @param positions examples, from 0
   * @param rows length of the result; what is beyond the positions is 0
   * @return targets of {@code rows} values
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

  /** Nothing is known, or nothing is needed. */
  record None() implements Targets {
    @Override
    public None select(int[] positions, int rows) {
      return this;
    }
  }
}
