package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.EvaluationConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final EvaluationConfig BY_PEARSON =
      new EvaluationConfig(
          OptionalLong.empty(), Optional.of("pearson"), true, OptionalLong.of(2), 0.05);

  private final Progress progress = new Progress(BY_PEARSON, List.of("pearson", "loss"));

  /** Pearson's correlation of constant predictions is no number. */
  @Test
  void aFirstScoreThatIsNoNumberDoesNotStayBest() {
    assertThat(progress.add(score(1, Double.NaN))).isFalse();
    assertThat(progress.best()).isEmpty();
    assertThat(progress.add(score(2, -0.4))).isTrue();
    assertThat(progress.add(score(3, Double.NaN))).isFalse();
    assertThat(progress.add(score(4, -0.3))).isTrue();
    assertThat(progress.best()).map(EvaluationReport::step).contains(4L);
    assertThat(progress.outOfPatience()).isFalse();
  }

  @Test
  void scoresThatAreNoNumbersUseUpThePatience() {
    progress.add(score(1, Double.NaN));
    assertThat(progress.outOfPatience()).isFalse();
    progress.add(score(2, Double.NaN));

    assertThat(progress.outOfPatience()).isTrue();
    assertThat(progress.best()).isEmpty();
  }

  @Test
  void aGainBelowTheLeastDoesNotCount() {
    assertThat(progress.add(score(1, 0.5))).isTrue();
    assertThat(progress.add(score(2, 0.54))).isFalse();
    assertThat(progress.add(score(3, 0.56))).isTrue();
  }

  @Test
  void scoresOfAnEarlierPartAreReplayed() {
    progress.restore(List.of(score(1, Double.NaN), score(2, 0.1)), 0.7);

    assertThat(progress.best()).map(EvaluationReport::step).contains(2L);
    assertThat(progress.add(score(3, 0.2))).isTrue();
  }

  private static EvaluationReport score(long step, double pearson) {
    return new EvaluationReport(step, 1, Map.of("pearson", pearson), 0);
  }
}
