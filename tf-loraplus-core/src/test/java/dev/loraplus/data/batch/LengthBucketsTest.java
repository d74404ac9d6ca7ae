package dev.loraplus.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LengthBucketsTest {

  @Test
  void capsStandardLengths() {
    assertThat(LengthBuckets.upTo(512).lengths()).containsExactly(16, 32, 64, 128, 256, 512);
    assertThat(LengthBuckets.upTo(100).lengths()).containsExactly(16, 32, 64, 100);
    assertThat(LengthBuckets.upTo(8).lengths()).containsExactly(8);
    assertThat(LengthBuckets.upTo(1000).longest()).isEqualTo(1000);
  }

  @Test
  void takesTheShortestThatHolds() {
    LengthBuckets buckets = LengthBuckets.of(10, 20);
    assertThat(buckets.paddedLength(1)).isEqualTo(10);
    assertThat(buckets.paddedLength(10)).isEqualTo(10);
    assertThat(buckets.paddedLength(11)).isEqualTo(20);
    assertThatThrownBy(() -> buckets.paddedLength(21))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("buckets: the longest must hold an example of 21 tokens, got [10, 20]");
  }

  @Test
  void refusesLengthsThatDoNotIncrease() {
    assertThatThrownBy(() -> LengthBuckets.of(16, 16))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("buckets: lengths must be positive and increasing, got [16, 16]");
    assertThatThrownBy(() -> LengthBuckets.upTo(0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("buckets: lengths must be positive and increasing, got [0]");
    assertThatThrownBy(LengthBuckets::of)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("buckets: at least one length is needed, got none");
  }

  @Test
  void fittedBucketsPadNoMoreThanAnyOtherChoice() {
    // given
    int[] tokens = {3, 3, 4, 4, 4, 7, 8, 8, 12, 20, 21};

    // when
    LengthBuckets fitted = LengthBuckets.fitted(tokens, 3);

    // then: every choice of two lengths beside the longest one
    long least = padded(fitted, tokens);
    for (int low = 1; low < 20; low++) {
      for (int high = low + 1; high < 21; high++) {
        assertThat(padded(LengthBuckets.of(low, high, 21), tokens)).isGreaterThanOrEqualTo(least);
      }
    }
    assertThat(fitted.lengths()).hasSize(3).endsWith(21);
    assertThat(LengthBuckets.fitted(tokens, 1)).isEqualTo(LengthBuckets.of(21));
    assertThat(LengthBuckets.fitted(tokens, 99).lengths()).containsExactly(3, 4, 7, 8, 12, 20, 21);
  }

  private static long padded(LengthBuckets buckets, int[] tokens) {
    return Arrays.stream(tokens).map(buckets::paddedLength).asLongStream().sum();
  }
}
