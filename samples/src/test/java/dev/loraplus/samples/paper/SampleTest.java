package dev.loraplus.samples.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void itemsAreEvenlyFarApart() {
    assertThat(Sample.of(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 4)).containsExactly(0, 2, 5, 7);
    assertThat(Sample.of(List.of(0, 1), 4)).containsExactly(0, 1);
    assertThat(Sample.of(List.of(0, 1, 2), 3)).containsExactly(0, 1, 2);
  }
}
