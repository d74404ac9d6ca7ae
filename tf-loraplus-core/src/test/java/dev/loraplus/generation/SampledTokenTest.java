package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.generation.Decoding.Sampling;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledTokenTest {
  /** Logits of the probabilities 0.1, 0.4, 0.05, 0.3, 0.15. */
  private static final double[] LOGITS =
      Arrays.stream(new double[] {0.1, 0.4, 0.05, 0.3, 0.15}).map(Math::log).toArray();

  @Test
  void allTokensHaveTheProbabilitiesOfTheModel() {
    assertDistribution(new Sampling(1, 0, 1, 0), 0.1, 0.4, 0.05, 0.3, 0.15);
  }

  @Test
  void aTemperatureIsAPowerOfTheProbabilities() {
    // p^(1 / 0.5) = 0.01, 0.16, 0.0025, 0.09, 0.0225, sum 0.285
    double sum = 0.285;
    assertDistribution(
        new Sampling(0.5, 0, 1, 0), 0.01 / sum, 0.16 / sum, 0.0025 / sum, 0.09 / sum, 0.0225 / sum);
  }

  @Test
  void topKKeepsTheMostLikely() {
    assertDistribution(new Sampling(1, 2, 1, 0), 0, 4 / 7.0, 0, 3 / 7.0, 0);
    assertDistribution(new Sampling(1, 99, 1, 0), 0.1, 0.4, 0.05, 0.3, 0.15);
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertDistribution(new Sampling(1, 0, 0.39, 0), 0, 1, 0, 0, 0);
    assertDistribution(new Sampling(1, 0, 0.41, 0), 0, 4 / 7.0, 0, 3 / 7.0, 0);
    assertDistribution(new Sampling(1, 0, 0.71, 0), 0, 40 / 85.0, 0, 30 / 85.0, 15 / 85.0);
  }

  @Test
  void topPCountsWhatTopKAndTheTemperatureLeave() {
    // of k = 3: 40/85, 30/85, 15/85; 0.75 needs the first two
    assertDistribution(new Sampling(1, 3, 0.75, 0), 0, 4 / 7.0, 0, 3 / 7.0, 0);
    // squares of 0.4 and 0.3 hold 0.25 / 0.285 = 0.877 of all
    assertDistribution(new Sampling(0.5, 0, 0.85, 0), 0, 0.16 / 0.25, 0, 0.09 / 0.25, 0);
  }

  /**
   * Pearson's statistic over 20,000 draws stays below the 0.999 quantile of chi-square with 4, 1
   * and 2 degrees of freedom.
   */
  @ParameterizedTest
  @CsvSource({"1.0, 0, 1.0, 18.47", "1.0, 2, 1.0, 10.83", "0.7, 0, 0.8, 13.82"})
  void drawsHaveTheFrequenciesOfTheDistribution(
      double temperature, int topK, double topP, double bound) {
    int draws = 20_000;
    double[] expected = SampledToken.distribution(new Sampling(temperature, topK, topP, 0), LOGITS);
    long[] counts = new long[LOGITS.length];
    for (int i = 0; i < draws; i++) {
      Sampling sampling = new Sampling(temperature, topK, topP, i / 100);
      counts[new SampledToken(sampling).choose(LOGITS, i / 10 % 10, i % 10)]++;
    }

    double statistic = 0;
    for (int i = 0; i < counts.length; i++) {
      if (expected[i] == 0) {
        assertThat(counts[i]).isZero();
      } else {
        double mean = draws * expected[i];
        statistic += (counts[i] - mean) * (counts[i] - mean) / mean;
      }
    }
    assertThat(statistic).isLessThan(bound);
  }

  private static void assertDistribution(Sampling sampling, double... expected) {
    assertThat(SampledToken.distribution(sampling, LOGITS))
        .containsExactly(expected, within(1e-12));
  }
}
