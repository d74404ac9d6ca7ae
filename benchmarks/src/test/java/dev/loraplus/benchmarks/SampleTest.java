package dev.loraplus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(Sample.of(3, 1, 2).median()).isEqualTo(2);
    assertThat(Sample.of(4, 1, 3, 2).median()).isEqualTo(2.5);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 15, 41, 100, 101, 200})
  void theRangeOfTheMedianHoldsItWithTheProbabilityOfTheBinomialDistribution(int count) {
    // given
    Sample numbered = Sample.of(IntStream.rangeClosed(1, count).asDoubleStream().toArray());

    // when
    int low = Integer.parseInt(numbered.medianRange(0).split(" to ")[0]);
    int high = Integer.parseInt(numbered.medianRange(0).split(" to ")[1]);

    // then: the median is between them if at least low and fewer than high values lie below it
    double held = 0;
    for (int below = low; below < high; below++) {
      held += halves(count, below);
    }
    assertThat(held).isBetween(0.95, 0.995);
  }

  /** The probability that a coin shows its head so often. */
  private static double halves(int tosses, int heads) {
    double probability = Math.pow(0.5, tosses);
    for (int i = 0; i < heads; i++) {
      probability *= (double) (tosses - i) / (i + 1);
    }
    return probability;
  }

  @Test
  void fewValuesSayNoMoreThanTheirRange() {
    assertThat(Sample.of(1, 2, 3).medianRange(1)).isEqualTo("1.0 to 3.0");
  }
}
