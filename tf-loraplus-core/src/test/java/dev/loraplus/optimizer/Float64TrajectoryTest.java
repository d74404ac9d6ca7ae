package dev.loraplus.optimizer;

import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.Schedule.Phase;
import dev.loraplus.config.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Every rule, schedule and clip setting against plain loops, after each of 20 steps. */
class Float64TrajectoryTest {
  private static final double RATE = 5e-3;
  private static final int STEPS = 20;
  private static final OptionalDouble NO_CLIP = OptionalDouble.empty();

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

  static List<UpdateRule> rules() {
    return RULES;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void repeatsPlainLoops(UpdateRule rule) {
    // given one graph and one session, which take each schedule and clip norm in turn
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(
              graph, config(rule, Schedule.constant(), NO_CLIP), problem.parameters, STEPS);
      TrainStep step = optimizer.trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (Schedule schedule : SCHEDULES) {
          for (OptionalDouble maxNorm : List.of(NO_CLIP, OptionalDouble.of(0.5))) {
            problem.restart(session);
            OptimizerConfig config = config(rule, schedule, maxNorm);
            optimizer.configure(session, config);
            String name = schedule.displayName() + " clip " + maxNorm + " ";

            // when, then
            compare(problem, step, session, config, name);
          }
        }
      }
    }
  }

  private static void compare(
      LoraProblem problem, TrainStep step, Session session, OptimizerConfig config, String name) {
    Float64Lora model = new Float64Lora();
    Float64Optimizer expected = new Float64Optimizer(config);
    for (int i = 0; i < STEPS; i++) {
      step.run(problem.feed(session.runner()));
      expected.step(model, config.schedule().rateAt(i, new Schedule.Run(RATE, STEPS)));
      problem
          .read(session)
          .forEach(
              (parameter, values) ->
                  Closeness.assertRelative(
                      values, flat(model.get(parameter)), 1e-5, name + parameter));
    }
  }

  private static OptimizerConfig config(
      UpdateRule rule, Schedule schedule, OptionalDouble maxNorm) {
    return new OptimizerConfig(
        rule,
        RATE,
        8,
        OptionalDouble.of(2e-3),
        OptionalDouble.empty(),
        OptionalDouble.of(0.05),
        DecayExclusions.standard(),
        maxNorm,
        schedule,
        false);
  }

  private static double[] flat(double[][] matrix) {
    return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
  }
}
