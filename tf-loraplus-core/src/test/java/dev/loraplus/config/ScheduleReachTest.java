package dev.loraplus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleReachTest {
  private static final Schedule DROP = Schedule.piecewise(List.of(4L, 8L), List.of(1.0, 0.5, 0.1));

  @ParameterizedTest
  @ValueSource(longs = {10, 11})
  void aWarmupThatTakesTheWholeRun(long steps) {
    assertThatThrownBy(() -> Schedule.warmup(steps, Schedule.linear()).requireReached(10))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "warmup: %d steps take the whole run of 10, so its rate is never reached; shorten the"
                + " warmup or lengthen the run",
            steps);
  }

  @Test
  void aFractionThatRoundsUpToTheWholeRun() {
    Schedule schedule = Schedule.warmupFraction(0.1, Schedule.linear());

    assertThat(faults(schedule, 1)).singleElement().asString().startsWith("warmup: 1 steps");
    assertThatCode(() -> schedule.requireReached(2)).doesNotThrowAnyException();
  }

  @Test
  void boundariesThatLieBeyondTheRunAreNamed() {
    assertThat(faults(DROP, 4))
        .containsExactly(
            "piecewise boundaries: [4, 8] are never reached, the schedule ends after 4 steps");
    assertThat(faults(DROP, 8)).singleElement().asString().contains("[8]");
    assertThatCode(() -> DROP.requireReached(9)).doesNotThrowAnyException();
  }

  @Test
  void partsInsideOthersCountFromTheirOwnBeginning() {
    Schedule nested =
        Schedule.named(
            "mine",
            Schedule.sequence(
                Schedule.Phase.of(6, DROP), Schedule.Phase.rest(Schedule.warmup(3, DROP))));

    assertThat(faults(nested, 15))
        .containsExactly(
            "piecewise boundaries: [8] are never reached, the schedule ends after 6 steps",
            "piecewise boundaries: [8] are never reached, the schedule ends after 6 steps");
    assertThat(faults(nested, 18)).hasSize(1);
  }

  @Test
  void aPhaseThatBeginsAfterTheRun() {
    Schedule schedule =
        Schedule.sequence(
            Schedule.Phase.of(5, Schedule.constant()),
            Schedule.Phase.of(5, Schedule.warmup(4, Schedule.constant())),
            Schedule.Phase.rest(Schedule.linear()));

    assertThat(faults(schedule, 10))
        .containsExactly(
            "sequence: phase 3 of 3 (linear) is never reached, it would begin at step 10 of 10");
    assertThat(faults(schedule, 8))
        .satisfiesExactly(
            warmup -> assertThat(warmup).startsWith("warmup: 4 steps take the whole run of 3"),
            phase -> assertThat(phase).startsWith("sequence: phase 3 of 3"));
    assertThatCode(() -> schedule.requireReached(11)).doesNotThrowAnyException();
  }

  @Test
  void theLengthMayBeUnknown() {
    assertThatCode(() -> Schedule.warmup(9, DROP).requireReached(0)).doesNotThrowAnyException();
  }

  private static List<String> faults(Schedule schedule, long steps) {
    return catchThrowableOfType(ConfigurationException.class, () -> schedule.requireReached(steps))
        .faults();
  }
}
