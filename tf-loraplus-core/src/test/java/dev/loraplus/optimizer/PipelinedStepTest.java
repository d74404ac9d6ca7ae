package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.graph.RecomputedParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

class PipelinedStepTest {
  private static final OptimizerConfig CONFIG =
      Configs.withMaxNorm(Configs.with(OptimizerConfig.of(5e-3, 4), Schedule.linear()), 0.5);
  private static final int STEPS = 6;

  @ParameterizedTest
  @EnumSource
  void takesTheStepsOfATrainStepAndReportsEachOnce(LoraProblem.Variables kind) {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, kind);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, STEPS);
      PipelinedStep step = pipelined(optimizer, problem);
      List<StepResult> waited = new ArrayList<>();
      List<StepResult> launched = new ArrayList<>();
      try (Session one = problem.start();
          Session other = problem.start()) {
        // when
        for (int i = 0; i < STEPS; i++) {
          waited.add(step.apart().run(feed(problem, one, i)));
        }
        for (int i = 0; i < STEPS; i++) {
          step.launch(feed(problem, other, i)).ifPresent(launched::add);
        }
        step.await(other).ifPresent(launched::add);

        // then
        assertThat(launched).isEqualTo(waited);
        assertThat(step.await(other)).isEmpty();
        assertSame(problem.read(other), problem.read(one));
      }
    }
  }

  @Test
  void aStepThatIsNotFiniteHoldsTheOneThatFollowsIt() {
    try (Graph graph = new Graph()) {
      // given two good steps and one that is not
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      PipelinedStep step =
          pipelined(new LoraPlusOptimizer(graph, CONFIG, problem.parameters, STEPS), problem);
      try (Session session = problem.start()) {
        step.launch(feed(problem, session, 0));
        step.launch(feed(problem, session, 1));
        step.await(session);
        Map<String, float[]> before = problem.read(session);
        step.launch(problem.feedInfinity(session.runner()));

        // when, then the step behind it finds out
        assertThatThrownBy(() -> step.launch(feed(problem, session, 2)))
            .isInstanceOf(NotFiniteException.class)
            .hasMessageStartingWith("step 3: the gradient of 'embedding_A'");
        assertSame(problem.read(session), before);

        // when it is forgotten, then steps count on
        step.discard(session);
        assertThat(step.launch(feed(problem, session, 3))).isEmpty();
        assertThat(step.await(session).orElseThrow().step()).isEqualTo(3);
      }
    }
  }

  @Test
  void theLastStepMayBeTheOneThatIsNotFinite() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      PipelinedStep step =
          pipelined(new LoraPlusOptimizer(graph, CONFIG, problem.parameters, STEPS), problem);
      try (Session session = problem.start()) {
        step.launch(problem.feedInfinity(session.runner()));

        assertThatThrownBy(() -> step.await(session))
            .isInstanceOf(NotFiniteException.class)
            .hasMessageStartingWith("step 1: ");
      }
    }
  }

  private static PipelinedStep pipelined(LoraPlusOptimizer optimizer, LoraProblem problem) {
    List<Operand<TFloat32>> gradients = optimizer.gradients(problem.loss, new RecomputedParts());
    return optimizer.pipelinedStep(problem.loss, gradients);
  }

  /** Another part of the batch for each step. */
  private static Session.Runner feed(LoraProblem problem, Session session, int step) {
    return problem.feed(session.runner(), step % 3, 5 - step % 2);
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }
}
