package dev.loraplus.training.metrics.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * NIST's score of a corpus (Doddington: Automatic Evaluation of Machine Translation Quality Using
 * N-gram Co-occurrence Statistics, 2002), at least 0 and without an upper bound, as mteval-v13a and
 * the E2E challenge define it for several references.
 *
 * @param tokenizer splits texts into words
 */
public record Nist(WordTokenizer tokenizer) {
  private static final int ORDERS = 5;

  /** Makes the penalty 1/2 where candidates have 2/3 of the words of references. */
  private static final double BETA = -Math.log(2) / Math.pow(Math.log(1.5), 2);

  /**
   * NIST as mteval gives it by default: the case of letters means nothing.
   *
   * @return the metric
   */
  public static Nist standard() {
    return new Nist(new WordTokenizer(WordTokenizer.Casing.LOWERED));
  }

  /**
   * With info(w1..wn) = log2(count(w1..w(n-1)) / count(w1..wn)), counted over all references (of no
   * word: all their words): NIST = exp(beta log<sup>2</sup> min(1, c / r)) sum over n = 1..5 of
   * sum(info of the runs of n words that a reference has too) / runs, each counted at most as often
   * as in the reference that has it most often; c are the candidates' words, r the references'
   * words in the mean over the references of a candidate.
   *
   * @param candidates at least one
   * @return the score
   * @throws IllegalArgumentException if there are no candidates
   */
  public double score(List<CandidateText> candidates) {
    List<SplitText> texts = SplitText.of(candidates, tokenizer);
    Map<List<String>, Integer> counts = new HashMap<>();
    for (SplitText text : texts) {
      for (List<String> reference : text.references()) {
        counts.merge(List.of(), reference.size(), Integer::sum);
        for (int n = 1; n <= ORDERS; n++) {
          Ngrams.count(reference, n)
              .forEach((run, times) -> counts.merge(run, times, Integer::sum));
        }
      }
    }
    double sum = 0;
    for (int n = 1; n <= ORDERS; n++) {
      sum += gain(texts, n, counts);
    }
    return penalty(texts) * sum;
  }

  /** Mean information of the runs of a length. */
  private static double gain(List<SplitText> texts, int order, Map<List<String>, Integer> counts) {
    double information = 0;
    long runs = 0;
    for (SplitText text : texts) {
      Map<List<String>, Integer> most = Ngrams.most(text.references(), order);
      for (Map.Entry<List<String>, Integer> run : Ngrams.count(text.words(), order).entrySet()) {
        int hits = Math.min(run.getValue(), most.getOrDefault(run.getKey(), 0));
        if (hits > 0) {
          information += hits * information(run.getKey(), counts);
        }
      }
      runs += Ngrams.total(text.words(), order);
    }
    return runs == 0 ? 0 : information / runs;
  }

  private static double information(List<String> run, Map<List<String>, Integer> counts) {
    double before = counts.getOrDefault(run.subList(0, run.size() - 1), 0);
    return Math.log(before / counts.getOrDefault(run, 0)) / Math.log(2);
  }

  private static double penalty(List<SplitText> texts) {
    double words = texts.stream().mapToInt(text -> text.words().size()).sum();
    double referenceWords =
        texts.stream()
            .mapToDouble(
                text -> text.references().stream().mapToInt(List::size).average().orElseThrow())
            .sum();
    if (words == 0) {
      return 0;
    }
    return words >= referenceWords
        ? 1
        : Math.exp(BETA * Math.pow(Math.log(words / referenceWords), 2));
  }
}
