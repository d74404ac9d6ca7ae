package dev.loraplus.data.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShuffleTest {

  @Test
  void drawsThePublishedSequence() {
    SplittableRandom random = new SplittableRandom(1234567);
    assertThat(new long[] {random.nextLong(), random.nextLong()})
        .containsExactly(6457827717110365317L, 3203168211198807973L);
    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
  }

  /** Against {@code make_shuffle_fixtures.py}. */
  @Test
  void givesTheDocumentedOrders() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(ShuffleTest.class.getResourceAsStream("orders.json"))) {
      for (JsonNode sample : new ObjectMapper().readTree(file)) {
        // given
        int[] expected = new int[sample.get("order").size()];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = sample.get("order").get(i).intValue();
        }

        // when
        Shuffle shuffle =
            new Shuffle(sample.get("seed").longValue(), sample.get("epoch").intValue());

        // then
        assertThat(shuffle.permutation(expected.length)).as("%s", sample).isEqualTo(expected);
      }
    }
  }

  @Test
  void givesEveryOrderEquallyOften() {
    // given: the 6 orders of 3 elements over 6000 seeds
    int[] counts = new int[27];
    for (int seed = 0; seed < 6000; seed++) {
      int[] order = new Shuffle(seed, 0).permutation(3);
      counts[order[0] * 9 + order[1] * 3 + order[2]]++;
    }

    // then: chi-squared with 5 degrees of freedom exceeds 20.5 once in a thousand
    double chiSquared = 0;
    for (int code : new int[] {5, 7, 11, 15, 19, 21}) {
      chiSquared += Math.pow(counts[code] - 1000, 2) / 1000;
    }
    assertThat(chiSquared).isLessThan(20.5);
  }
}
