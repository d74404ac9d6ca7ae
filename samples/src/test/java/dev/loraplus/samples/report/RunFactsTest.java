package dev.loraplus.samples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunFactsTest {
  @Test
  void machineIsSaidWithItsCoresAndItsMemory() {
    assertThat(RunFacts.of("command", Duration.ZERO).machine())
        .containsPattern("\\d+ cores, [1-9]\\d* GiB, " + System.getProperty("os.name"));
  }
}
