package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

class AccumulationTest {
  private static final OptimizerConfig CONFIG =
      Configs.withMaxNorm(
          Configs.withDecay(
              Configs.with(OptimizerConfig.of(1e-2, 4), new UpdateRule.Sgd(0.9, true)), 0.1),
          0.5);

  @ParameterizedTest
  @EnumSource
  void fourMicroBatchesAreOneBigBatch(LoraProblem.Variables kind) {
    // given five examples in one batch, and in four of 2, 1, 1 and 1
    List<StepResult> expectedResults = new ArrayList<>();
    Map<String, float[]> expected = oneBigBatch(expectedResults);
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, kind);
      AccumulatingStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters).accumulatingStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < 10; i++) {
          // when
          step.accumulate(problem.feed(session.runner(), 0, 2), 2);
          for (int k = 2; k < 5; k++) {
            step.accumulate(problem.feed(session.runner(), k, k + 1));
          }
          StepResult result = step.applyMonitored(session);

          // then
          StepResult whole = expectedResults.get(i);
          assertThat(result.step()).isEqualTo(i + 1);
          assertThat(result.loss()).isCloseTo(whole.loss(), within(1e-6 * whole.loss()));
          assertThat(result.gradientNorm())
              .isCloseTo(whole.gradientNorm(), within(2e-6 * whole.gradientNorm()));
        }
        problem
            .read(session)
            .forEach(
                (name, values) ->
                    Closeness.assertRelative(
                        values, doubles(requireNonNull(expected.get(name))), 1e-6, name));
      }
    }
  }

  @Test
  void startsAnewAfterAStepThatIsNotFinite() {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      AccumulatingStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters).accumulatingStep(problem.loss);
      try (Session session = problem.start()) {
        Map<String, float[]> before = problem.read(session);
        step.accumulate(problem.feed(session.runner()));
        step.accumulate(problem.feedInfinity(session.runner()));

        // when
        assertThatThrownBy(() -> step.apply(session))
            .isInstanceOf(NotFiniteException.class)
            .hasMessageStartingWith("step 1: the gradient of 'embedding_A'");

        // then
        problem
            .read(session)
            .forEach((name, values) -> assertThat(values).isEqualTo(before.get(name)));
        step.accumulate(problem.feed(session.runner()));
        assertThat(step.apply(session).loss()).isFinite();
      }
    }
  }

  @Test
  void forgetsWhatIsDiscarded() {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      AccumulatingStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters).accumulatingStep(problem.loss);
      try (Session session = problem.start()) {
        double whole = step.accumulate(problem.feed(session.runner()));
        step.accumulate(problem.feed(session.runner(), 0, 1), 5);

        // when
        step.discard(session);

        // then
        assertThatThrownBy(() -> step.apply(session))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("apply: nothing was accumulated since the last step");
        step.accumulate(problem.feed(session.runner()), 3);
        assertThat(step.apply(session).loss()).isEqualTo(whole);

        assertThatThrownBy(() -> step.accumulate(session.runner(), 0))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("micro-batch weight: must be above 0 and finite, got 0.0");
      }
    }
  }

  private static Map<String, float[]> oneBigBatch(List<StepResult> results) {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters).trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < 10; i++) {
          results.add(step.run(problem.feed(session.runner())));
        }
        return problem.read(session);
      }
    }
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
