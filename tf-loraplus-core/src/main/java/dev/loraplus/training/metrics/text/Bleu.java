package dev.loraplus.training.metrics.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a corpus (Papineni et al.: BLEU, a Method for Automatic Evaluation of Machine
 * Translation, 2002), from 0 to 100, as sacrebleu computes it with smoothing "exp" (Chen and
 * Cherry, W14-3346, method 3).
 *
 * @param tokenizer splits texts into words
 */
public record Bleu(WordTokenizer tokenizer) {
  private static final int ORDERS = 4;

  /**
   * The score and its parts.
   *
   * @param value from 0 to 100
   * @param precisions of the runs of 1, 2, 3 and 4 words, from 0 to 100, smoothed
   * @param brevityPenalty in [0, 1]
   * @param words of the candidates
   * @param referenceWords of the references that are closest in length
   */
  public record Score(
      double value,
      List<Double> precisions,
      double brevityPenalty,
      long words,
      long referenceWords) {
    /**
     * Copies the precisions.
     *
     * @param value from 0 to 100
     * @param precisions of the runs of 1, 2, 3 and 4 words, from 0 to 100, smoothed
     * @param brevityPenalty in [0, 1]
     * @param words of the candidates
     * @param referenceWords of the references that are closest in length
     */
    public Score {
      precisions = List.copyOf(precisions);
    }
  }

  /**
   * BLEU as sacrebleu gives it by default: letters keep their case.
   *
   * @return the metric
   */
  public static Bleu standard() {
    return new Bleu(new WordTokenizer(WordTokenizer.Casing.KEPT));
  }

  /**
   * With c candidate words and r reference words, for each candidate of the reference closest in
   * length, of two the shorter: BLEU = 100 min(1, exp(1 - r / c)) (p1 p2 p3 p4)<sup>1/4</sup>,
   * where p<sub>n</sub> is the part of the candidates' runs of n words that a reference has too,
   * each counted at most as often as in the reference that has it most often. The k-th
   * p<sub>n</sub> that would be 0 is 1 / (2<sup>k</sup> runs). 0 where no word at all is right, or
   * where no candidate has four words.
   *
   * @param candidates at least one
   * @return the score
   * @throws IllegalArgumentException if there are no candidates
   */
  public Score score(List<CandidateText> candidates) {
    List<SplitText> texts = SplitText.of(candidates, tokenizer);
    long words = texts.stream().mapToLong(text -> text.words().size()).sum();
    long referenceWords = texts.stream().mapToLong(Bleu::closestLength).sum();
    double penalty =
        words >= referenceWords
            ? 1
            : words == 0 ? 0 : Math.exp(1 - (double) referenceWords / words);
    List<Double> precisions = precisions(texts);
    double value = 0;
    if (precisions.stream().allMatch(precision -> precision > 0)) {
      double logarithms = precisions.stream().mapToDouble(Math::log).sum();
      value = penalty * Math.exp(logarithms / ORDERS);
    }
    return new Score(value, precisions, penalty, words, referenceWords);
  }

  private static List<Double> precisions(List<SplitText> texts) {
    long[] hits = new long[ORDERS];
    long[] runs = new long[ORDERS];
    for (int n = 0; n < ORDERS; n++) {
      for (SplitText text : texts) {
        hits[n] += hits(text, n + 1);
        runs[n] += Ngrams.total(text.words(), n + 1);
      }
    }
    List<Double> precisions = new ArrayList<>();
    double smoothing = 1;
    for (int n = 0; n < ORDERS; n++) {
      if (hits[0] == 0 || runs[n] == 0) {
        precisions.add(0.0);
      } else if (hits[n] == 0) {
        smoothing *= 2;
        precisions.add(100 / (smoothing * runs[n]));
      } else {
        precisions.add(100.0 * hits[n] / runs[n]);
      }
    }
    return precisions;
  }

  private static long hits(SplitText text, int order) {
    Map<List<String>, Integer> most = Ngrams.most(text.references(), order);
    return Ngrams.count(text.words(), order).entrySet().stream()
        .mapToLong(run -> Math.min(run.getValue(), most.getOrDefault(run.getKey(), 0)))
        .sum();
  }

  private static int closestLength(SplitText text) {
    int length = text.words().size();
    return text.references().stream()
        .map(List::size)
        .min(
            Comparator.<Integer>comparingInt(size -> Math.abs(size - length))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }
}
