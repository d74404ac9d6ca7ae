package dev.loraplus.training.metrics.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often runs of words occur. */
final class Ngrams {
  private Ngrams() {}

  /** Counts the runs of a length in a text. */
  static Map<List<String>, Integer> count(List<String> words, int order) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int from = 0; from + order <= words.size(); from++) {
      counts.merge(words.subList(from, from + order), 1, Integer::sum);
    }
    return counts;
  }

  /** The most often that each run occurs in one of several texts. */
  static Map<List<String>, Integer> most(List<List<String>> texts, int order) {
    Map<List<String>, Integer> most = new HashMap<>();
    for (List<String> words : texts) {
      count(words, order).forEach((run, times) -> most.merge(run, times, Math::max));
    }
    return most;
  }

  /** How many runs of a length a text has. */
  static int total(List<String> words, int order) {
    return Math.max(0, words.size() - order + 1);
  }
}
