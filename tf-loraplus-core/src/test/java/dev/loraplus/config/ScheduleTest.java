package dev.loraplus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.config.Schedule.Phase;
import dev.loraplus.config.Schedule.Run;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Run RUN = new Run(1e-3, 100);

  @Test
  void givesTheRatesOfTransformers() throws IOException {
    // given schedules.py made the expected rates
    JsonNode fixture;
    try (InputStream in = getClass().getResourceAsStream("/optimizer/schedules.json")) {
      fixture = new ObjectMapper().readTree(in);
    }
    Run run = new Run(fixture.get("baseRate").asDouble(), fixture.get("totalSteps").asLong());
    Map<String, Schedule> schedules =
        Map.of(
            "linear", Schedule.linear(),
            "warmup_linear", Schedule.warmup(7, Schedule.linear()),
            "warmup_constant", Schedule.warmup(7, Schedule.constant()),
            "cosine", Schedule.cosine(),
            "warmup_cosine", Schedule.warmup(7, Schedule.cosine()),
            "cosine_2_cycles", Schedule.cosine(2),
            "warmup_polynomial", Schedule.warmup(7, Schedule.polynomial(2, 0.1)));
    assertThat(fixture.get("rates").size()).isEqualTo(schedules.size());

    // when, then
    schedules.forEach(
        (name, schedule) -> {
          JsonNode rates = fixture.get("rates").get(name);
          // Past the end the waves of transformers rise again; ours hold their last value.
          long last = name.contains("cosine") ? run.totalSteps() : rates.size() - 1;
          for (int step = 0; step <= last; step++) {
            assertThat(schedule.rateAt(step, run))
                .as("%s at %d", name, step)
                .isCloseTo(rates.get(step).asDouble(), within(1e-18));
          }
        });
  }

  @Test
  void holdsTheLastRateBeyondTheEnd() {
    for (Schedule schedule :
        List.of(
            Schedule.linear(),
            Schedule.cosine(),
            Schedule.cosine(1.25),
            Schedule.polynomial(3, 0.2),
            Schedule.warmup(10, Schedule.polynomial(1, 0.5)),
            Schedule.sequence(Phase.of(30, Schedule.linear()), Phase.rest(Schedule.cosine())))) {
      assertThat(schedule.rateAt(1000, RUN))
          .as(schedule.displayName())
          .isEqualTo(schedule.rateAt(100, RUN));
    }
  }

  @Test
  void switchesFactorsAtTheBoundaries() {
    // given
    Schedule schedule = Schedule.piecewise(List.of(10L, 60L), List.of(1.0, 0.5, 0.1));

    // when, then
    assertThat(schedule.rateAt(9, RUN)).isEqualTo(1e-3);
    assertThat(schedule.rateAt(10, RUN)).isEqualTo(1e-3 * 0.5);
    assertThat(schedule.rateAt(59, RUN)).isEqualTo(1e-3 * 0.5);
    assertThat(schedule.rateAt(60, RUN)).isEqualTo(1e-3 * 0.1);
  }

  @Test
  void warmsUpToTheFirstRateOfAnySchedule() {
    // given 12.5 steps are rounded up
    Schedule absolute =
        Schedule.warmupFraction(0.125, Schedule.absolute(step -> step == 0 ? 0.26 : 0.1));

    // when, then
    assertThat(absolute.rateAt(0, RUN)).isZero();
    assertThat(absolute.rateAt(1, RUN)).isCloseTo(0.02, within(1e-16));
    assertThat(absolute.rateAt(12, RUN)).isCloseTo(0.24, within(1e-16));
    assertThat(absolute.rateAt(13, RUN)).isEqualTo(0.26);
    assertThat(absolute.rateAt(14, RUN)).isEqualTo(0.1);
  }

  @Test
  void warmsUpAlsoWhereTheRunEndsBefore() {
    Schedule schedule = Schedule.warmup(200, Schedule.linear());

    assertThat(schedule.rateAt(50, RUN)).isEqualTo(1e-3 * 0.25);
  }

  @Test
  void runsPhasesOneAfterAnother() {
    // given
    Schedule schedule =
        Schedule.sequence(
            Phase.of(20, Schedule.constant()),
            Phase.of(40, Schedule.linear()),
            Phase.rest(Schedule.polynomial(1, 0.5)));

    // when, then
    assertThat(schedule.rateAt(19, RUN)).isEqualTo(1e-3);
    assertThat(schedule.rateAt(20, RUN)).isEqualTo(1e-3);
    assertThat(schedule.rateAt(40, RUN)).isEqualTo(1e-3 * 0.5);
    assertThat(schedule.rateAt(60, RUN)).isEqualTo(1e-3);
    assertThat(schedule.rateAt(80, RUN)).isEqualTo(1e-3 * 0.75);
  }

  @Test
  void refusesPhasesThatEndBeforeTheRun() {
    Schedule schedule =
        Schedule.sequence(Phase.of(20, Schedule.constant()), Phase.of(40, Schedule.linear()));

    assertThatThrownBy(() -> schedule.rateAt(0, RUN))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "sequence: the phases cover 60 of 100 steps; let the last one be Phase.rest(...)");
  }

  @Test
  void showsWhatItIs() {
    assertThat(Schedule.warmup(100, Schedule.linear()).displayName())
        .isEqualTo("warmup(100, linear)");
    assertThat(Schedule.warmupFraction(0.06, Schedule.cosine()).displayName())
        .isEqualTo("warmup(0.06 of the run, cosine)");
    assertThat(
            Schedule.sequence(
                    Phase.of(5, Schedule.constant()), Phase.rest(Schedule.polynomial(2, 0)))
                .displayName())
        .isEqualTo("sequence(5: constant, rest: polynomial(power 2.0, end 0.0))");
    Schedule lambda = (step, run) -> 1;
    assertThat(lambda.displayName()).isEqualTo("custom");
    assertThat(Schedule.named("triangle", lambda).displayName()).isEqualTo("triangle");
  }

  @Test
  void refusesArgumentsOutOfRange() {
    refuses(() -> Schedule.cosine(0), "cosine cycles: must be above 0 and finite, got 0.0");
    refuses(
        () -> Schedule.polynomial(-1, 2),
        "2 faults:\n  - polynomial power: must be above 0 and finite, got -1.0\n"
            + "  - polynomial endFraction: must be in [0, 1], got 2.0");
    refuses(
        () -> Schedule.piecewise(List.of(5L, 5L), List.of(1.0, 1.0, 1.0)),
        "piecewise boundaries: must be above 0 and rise, got 5 after 5");
    refuses(
        () -> Schedule.piecewise(List.of(5L), List.of(1.0)),
        "piecewise factors: must be one more than the 1 boundaries, got 1");
    refuses(
        () -> Schedule.piecewise(List.of(), List.of(-0.5)),
        "piecewise factors: must be at least 0 and finite, got -0.5");
    refuses(
        () -> Schedule.warmup(-1, Schedule.constant()), "warmup steps: must be at least 0, got -1");
    refuses(
        () -> Schedule.warmupFraction(10, Schedule.constant()),
        "warmup fraction: must be in [0, 1), got 10.0 (for a number of steps use warmup)");
    refuses(Schedule::sequence, "sequence: needs at least one phase");
    refuses(
        () -> Schedule.sequence(Phase.rest(Schedule.constant()), Phase.of(5, Schedule.constant())),
        "sequence: phase 1 of 2 lasts to the end of the run, only the last one may");
    refuses(
        () -> Schedule.sequence(Phase.of(0, Schedule.constant())),
        "phase steps: must be above 0, got 0");
    refuses(() -> Schedule.named(" ", Schedule.constant()), "schedule name: must not be blank");
  }

  private static void refuses(Supplier<Schedule> schedule, String message) {
    assertThatThrownBy(schedule::get)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
