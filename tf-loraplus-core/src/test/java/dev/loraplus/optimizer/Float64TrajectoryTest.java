package dev.loraplus.optimizer;

import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Schedule.Phase;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Every rule, schedule and clip setting against plain loops, after each of 20 steps. */
class Float64TrajectoryTest {
  private static final double RATE = 5e-3;
  private static final int STEPS = 20;

  private static final List<UpdateRule> RULES =
      List.of(
          UpdateRule.adamW(),
          UpdateRule.adam(),
          UpdateRule.sgd(0),
          UpdateRule.sgd(0.9),
          new UpdateRule.Sgd(0.9, true));

  private static final List<Schedule> SCHEDULES =
      List.of(
          Schedule.constant(),
          Schedule.linear(),
          Schedule.cosine(),
          Schedule.polynomial(2, 0.1),
          Schedule.piecewise(List.of(5L, 12L), List.of(1.0, 0.3, 0.1)),
          Schedule.warmup(4, Schedule.linear()),
          Schedule.sequence(Phase.of(6, Schedule.constant()), Phase.rest(Schedule.cosine())),
          Schedule.absolute(step -> RATE / (1 + step)),
          (step, run) -> run.baseRate() * (step % 2 == 0 ? 1 : 0.5));

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (UpdateRule rule : RULES) {
      for (Schedule schedule : SCHEDULES) {
        cases.add(Arguments.of(rule, schedule.displayName(), schedule, OptionalDouble.empty()));
        cases.add(Arguments.of(rule, schedule.displayName(), schedule, OptionalDouble.of(0.5)));
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} {1} clip {3}")
  @MethodSource("cases")
  void repeatsPlainLoops(
      UpdateRule rule, String scheduleName, Schedule schedule, OptionalDouble maxNorm) {
    // given
    OptimizerConfig config =
        new OptimizerConfig(
            rule,
            RATE,
            8,
            2e-3,
            OptionalDouble.empty(),
            0.05,
            DecayExclusions.standard(),
            maxNorm,
            schedule,
            false);
    Float64Lora model = new Float64Lora();
    Float64Optimizer expected = new Float64Optimizer(config);
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, config, problem.parameters, STEPS).trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < STEPS; i++) {
          // when
          step.run(problem.feed(session.runner()));
          expected.step(model, schedule.rateAt(i, new Schedule.Run(RATE, STEPS)));

          // then
          problem
              .read(session)
              .forEach(
                  (name, values) ->
                      Closeness.assertRelative(values, flat(model.get(name)), 1e-5, name));
        }
      }
    }
  }

  private static double[] flat(double[][] matrix) {
    return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
  }
}
