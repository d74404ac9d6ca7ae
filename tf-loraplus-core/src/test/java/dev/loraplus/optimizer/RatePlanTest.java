package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Schedule.Phase;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

class RatePlanTest {
  private static final int STEPS = 20;

  static Stream<Schedule> schedules() {
    return Stream.of(
        Schedule.constant(),
        Schedule.linear(),
        Schedule.cosine(),
        Schedule.cosine(2),
        Schedule.polynomial(3, 0.07),
        Schedule.piecewise(List.of(3L, 11L), List.of(1.0, 0.3, 0.7)),
        Schedule.warmup(3, Schedule.cosine()),
        Schedule.warmupFraction(0.3, Schedule.linear()),
        Schedule.sequence(Phase.of(5, Schedule.linear()), Phase.rest(Schedule.cosine())),
        Schedule.absolute(step -> 3e-4 / (step + 3)),
        Schedule.named("triangle", (step, run) -> run.baseRate() * (1 + step % 3) / 7));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void keepsTheRatioAtEveryStep(Schedule schedule) {
    // given
    OptimizerConfig config = Configs.with(OptimizerConfig.of(3e-4, 17.3), schedule);
    RatePlan plan = new RatePlan(config, STEPS);
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, config, problem.parameters, STEPS).trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < STEPS; i++) {
          // when
          Map<ParameterGroup, Double> used = step.run(problem.feed(session.runner())).rates();

          // then
          double a = requireNonNull(used.get(ParameterGroup.A));
          assertThat(a).isEqualTo(schedule.rateAt(i, new Schedule.Run(3e-4, STEPS)));
          double b = requireNonNull(used.get(ParameterGroup.B));
          double embedding = requireNonNull(used.get(ParameterGroup.EMBEDDING));
          assertThat(used).isEqualTo(plan.rates(i)).hasSize(4);
          assertThat(b).isEqualTo(used.get(ParameterGroup.B_NO_DECAY));
          if (a > 0) {
            assertThat(b / a).isCloseTo(17.3, within(17.3e-15));
            assertThat(embedding / a).isCloseTo(1e-6 / 3e-4, within(1e-15));
          } else {
            assertThat(b).isZero();
          }
        }
      }
    }
  }

  @Test
  void givesTheConfiguredRatesExactlyAtTheBaseRate() {
    RatePlan plan = new RatePlan(OptimizerConfig.of(3e-4, 17.3), 0);

    assertThat(plan.rates(12345))
        .isEqualTo(
            Map.of(
                ParameterGroup.A,
                3e-4,
                ParameterGroup.EMBEDDING,
                1e-6,
                ParameterGroup.B,
                17.3 * 3e-4,
                ParameterGroup.B_NO_DECAY,
                17.3 * 3e-4));
  }

  @Test
  void refusesAScheduleAtTheStepWhereItFails() {
    Schedule falling = Schedule.named("falling", (step, run) -> run.baseRate() * (7 - step) / 7);
    Schedule broken = (step, run) -> step == 4 ? Double.NaN : 1e-3;

    refuses(
        falling,
        "schedule falling: must be at least 0 and finite at every step, got"
            + " -1.4285714285714287E-4 at step 8");
    refuses(
        broken, "schedule custom: must be at least 0 and finite at every step, got NaN at step 4");
  }

  @Test
  void refusesRunsOfImpossibleLength() {
    OptimizerConfig config = OptimizerConfig.of(1e-3, 4);

    assertThatThrownBy(() -> new RatePlan(config, -1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("totalSteps: must be in [0, 20000000], got -1");
  }

  private static void refuses(Schedule schedule, String message) {
    OptimizerConfig config = Configs.with(OptimizerConfig.of(1e-3, 4), schedule);
    assertThatThrownBy(() -> new RatePlan(config, 10))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
