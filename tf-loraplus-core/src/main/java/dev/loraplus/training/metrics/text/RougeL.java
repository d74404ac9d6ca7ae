package dev.loraplus.training.metrics.text;

import java.util.List;

/**
 * ROUGE-L, the longest common subsequence (Lin: ROUGE, a Package for Automatic Evaluation of
 * Summaries, 2004), from 0 to 100, in the form of COCO's captions and the E2E challenge.
 *
 * @param tokenizer splits texts into words
 * @param beta weight of recall over precision, above 0
 */
public record RougeL(WordTokenizer tokenizer, double beta) {
  private static final double COCO = 1.2;

  /**
   * Checks the weight.
   *
   * @param tokenizer splits texts into words
   * @param beta weight of recall over precision, above 0
   * @throws IllegalArgumentException if beta is not above 0 and finite
   */
  public RougeL {
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta: must be above 0 and finite, got " + beta);
    }
  }

  /**
   * ROUGE-L as in the E2E challenge: beta 1.2, and the case of letters means nothing.
   *
   * @return the metric
   */
  public static RougeL standard() {
    return new RougeL(new WordTokenizer(WordTokenizer.Casing.LOWERED), COCO);
  }

  /**
   * The mean over the candidates of 100 (1 + beta<sup>2</sup>) P R / (R + beta<sup>2</sup> P). P is
   * the longest common subsequence with a reference over the words of the candidate, R over those
   * of the reference; each is that of the reference where it is highest. 0 where nothing is common.
   *
   * @param candidates at least one
   * @return the score
   * @throws IllegalArgumentException if there are no candidates
   */
  public double score(List<CandidateText> candidates) {
    return SplitText.of(candidates, tokenizer).stream()
        .mapToDouble(this::score)
        .average()
        .orElseThrow();
  }

  private double score(SplitText text) {
    double precision = 0;
    double recall = 0;
    for (List<String> reference : text.references()) {
      double common = common(text.words(), reference);
      if (common > 0) {
        precision = Math.max(precision, common / text.words().size());
        recall = Math.max(recall, common / reference.size());
      }
    }
    double weight = beta * beta;
    return precision == 0
        ? 0
        : 100 * (1 + weight) * precision * recall / (recall + weight * precision);
  }

  /** Length of the longest common subsequence, by dynamic programming over one row. */
  static int common(List<String> first, List<String> second) {
    int[] row = new int[second.size() + 1];
    for (String word : first) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = word.equals(second.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[second.size()];
  }
}
