package dev.loraplus.generation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Makes tokens that a text already has less likely (Keskar et al., arXiv 1909.05858). */
final class RepetitionPenalty {
  private RepetitionPenalty() {}

  /** s becomes s / penalty where it is positive, s * penalty where it is not. */
  static void apply(double penalty, double[] scores, List<Integer> text) {
    if (penalty == 1) {
      return;
    }
    for (int token : new HashSet<>(text)) {
      scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
    }
  }

  static List<Integer> list(int[] ids) {
    List<Integer> list = new ArrayList<>(ids.length);
    for (int id : ids) {
      list.add(id);
    }
    return list;
  }
}
