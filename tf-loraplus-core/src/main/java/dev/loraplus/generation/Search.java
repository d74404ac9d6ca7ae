package dev.loraplus.generation;

import java.util.List;

/** A search for the continuations of some prompts, led through by the logits of each step. */
interface Search {
  /**
   * What the next run computes.
   *
   * @param rows rows of the run before that go on; several may be the same one
   * @param tokens the token that each goes on with
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Next(int[] rows, int[] tokens) {
    static Next of(List<Integer> rows, List<Integer> tokens) {
      return new Next(ints(rows), ints(tokens));
    }

    boolean isEmpty() {
      return rows.length == 0;
    }

    private static int[] ints(List<Integer> values) {
      return values.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * Takes one step.
   *
   * @param logits of the run before; the first time a row for each prompt
   * @return empty at the end
   */
  Next advance(float[][] logits);

  /** The continuations in the order of the prompts, after the end. */
  List<Continuation> found();
}
