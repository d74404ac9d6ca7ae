package dev.loraplus.training.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LossHistoryTest {
  private final LossHistory history = new LossHistory();

  @Test
  void keepsLossesAndEvaluationsInOrder() {
    record(0, 3);

    assertThat(history.losses())
        .containsExactly(
            new LossHistory.Point(1, 2.0),
            new LossHistory.Point(2, 1.0),
            new LossHistory.Point(3, 2.0 / 3));
    assertThat(history.evaluations())
        .containsExactly(Reports.evaluation(1), Reports.evaluation(2), Reports.evaluation(3));
  }

  @Test
  void aResumedRunReplacesWhatCameAfterIt() {
    record(0, 5);

    history.onStart(2, 5);
    history.onEvaluation(Reports.evaluation(2));
    history.onStep(Reports.step(3));

    assertThat(history.losses()).extracting(LossHistory.Point::step).containsExactly(1L, 2L, 3L);
    assertThat(history.evaluations()).containsExactly(Reports.evaluation(1), Reports.evaluation(2));
  }

  @Test
  void aNewRunStartsEmpty() {
    record(0, 5);

    history.onStart(0, 5);

    assertThat(history.losses()).isEmpty();
    assertThat(history.evaluations()).isEmpty();
  }

  private void record(long from, long to) {
    history.onStart(from, to);
    for (long step = from + 1; step <= to; step++) {
      history.onStep(Reports.step(step));
      history.onEvaluation(Reports.evaluation(step));
    }
  }
}
