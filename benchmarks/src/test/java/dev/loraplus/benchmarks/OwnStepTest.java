package dev.loraplus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OwnStepTest {
  @Test
  void stepsLearnAndRepeat(@TempDir Path directory) throws IOException {
    // given
    ModelShape.TINY.write(directory, 0);

    // when
    Timing first = steps(directory);
    Timing again = steps(directory);

    // then
    assertThat(first.milliseconds()).isPositive();
    assertThat(first.loss()).isLessThan(Math.log(2)).isEqualTo(again.loss());
  }

  private static Timing steps(Path directory) {
    try (OwnStep step = new OwnStep(directory, shape(), 1e-3, 16)) {
      return step.run(20);
    }
  }

  private static StepShape shape() {
    return CommandLine.populateCommand(
        new StepShape(), "--shape", "TINY", "--batch", "4", "--length", "8");
  }
}
