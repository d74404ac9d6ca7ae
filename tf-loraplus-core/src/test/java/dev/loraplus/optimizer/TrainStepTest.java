package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

class TrainStepTest {
  private static final OptimizerConfig CONFIG =
      Configs.withDecay(Configs.with(OptimizerConfig.of(5e-3, 4), Schedule.linear()), 0.1);

  @ParameterizedTest
  @EnumSource
  void measuresNormsAndMovementOfEachGroup(LoraProblem.Variables kind) {
    try (Graph graph = new Graph()) {
      // given B of zeros
      LoraProblem problem = new LoraProblem(graph, kind);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);
      TrainStep step = optimizer.trainStep(problem.loss);
      Map<String, double[][]> gradients = new Float64Lora().gradients();
      try (Session session = problem.start()) {
        Map<String, float[]> before = problem.read(session);

        // when
        StepResult result = step.runMonitored(problem.feed(session.runner()));

        // then
        Map<String, float[]> after = problem.read(session);
        double square = 0;
        for (ParameterGroup group : optimizer.groups().present()) {
          List<String> names =
              optimizer.groups().in(group).stream().map(m -> m.parameter().name()).toList();
          StepResult.GroupResult moved = requireNonNull(result.groups().get(group));
          double norm = norm(names, gradients);
          square += norm * norm;
          assertThat(moved.gradientNorm()).isCloseTo(norm, within(1e-5 * norm));
          double change = relativeChange(names, before, after);
          assertThat(moved.relativeUpdate().orElseThrow())
              .as(group.label())
              .isCloseTo(change, within(1e-4 * change));
        }
        assertThat(result.gradientNorm())
            .isCloseTo(Math.sqrt(square), within(1e-5 * Math.sqrt(square)));
        assertThat(result.groups()).hasSize(4);
      }
    }
  }

  @Test
  void callsTheFirstChangeOfZerosInfinite() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters.subList(3, 4), 10)
              .trainStep(problem.loss);
      try (Session session = problem.start()) {
        StepResult first = step.runMonitored(problem.feed(session.runner()));
        StepResult second = step.runMonitored(problem.feed(session.runner()));

        assertThat(moved(first)).isInfinite();
        assertThat(moved(second)).isBetween(0.1, 10.0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void repeatsTheSameBits(LoraProblem.Variables kind) {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, kind);
      TrainStep step =
          new LoraPlusOptimizer(graph, Configs.withMaxNorm(CONFIG, 0.5), problem.parameters, 10)
              .trainStep(problem.loss);
      try (Session session = problem.start()) {
        Map<String, float[]> first = new HashMap<>();
        for (int run = 0; run < 100; run++) {
          // when
          problem.restart(session);
          for (int i = 0; i < 10; i++) {
            step.run(problem.feed(session.runner()));
          }

          // then
          problem
              .read(session)
              .forEach(
                  (name, values) ->
                      assertThat(values).isEqualTo(first.computeIfAbsent(name, n -> values)));
        }
      }
    }
  }

  @Test
  void continuesBitForBitFromSavedState() {
    for (UpdateRule rule : List.of(UpdateRule.adamW(), UpdateRule.sgd(0.9))) {
      for (LoraProblem.Variables kind : LoraProblem.Variables.values()) {
        try (Graph graph = new Graph()) {
          // given
          LoraProblem problem = new LoraProblem(graph, kind);
          LoraPlusOptimizer optimizer =
              new LoraPlusOptimizer(graph, Configs.with(CONFIG, rule), problem.parameters, 10);
          TrainStep step = optimizer.trainStep(problem.loss);
          try (Session session = problem.start();
              Session resumed = problem.start()) {
            for (int i = 0; i < 4; i++) {
              step.run(problem.feed(session.runner()));
            }

            // when
            copyState(optimizer, problem, session, resumed);
            for (int i = 4; i < 10; i++) {
              StepResult straight = step.run(problem.feed(session.runner()));
              StepResult again = step.run(problem.feed(resumed.runner()));
              assertThat(again).isEqualTo(straight);
            }

            // then
            Map<String, float[]> straight = problem.read(session);
            problem
                .read(resumed)
                .forEach((name, values) -> assertThat(values).isEqualTo(straight.get(name)));
          }
        }
      }
    }
  }

  @Test
  void takesNewNumbersWithoutANewGraph() {
    // given what another configuration does in a graph of its own
    OptimizerConfig other =
        Configs.withMaxNorm(
            Configs.withDecay(Configs.with(OptimizerConfig.of(1e-3, 1), Schedule.cosine()), 0.3),
            0.25);
    Map<String, float[]> expected = afterTwoSteps(other);
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);
      TrainStep step = optimizer.trainStep(problem.loss);
      int ops = ops(graph);
      try (Session session = problem.start()) {
        // when
        optimizer.configure(session, other);
        step.run(problem.feed(session.runner()));
        step.run(problem.feed(session.runner()));

        // then
        problem
            .read(session)
            .forEach((name, values) -> assertThat(values).isEqualTo(expected.get(name)));
        assertThat(optimizer.rates(1)).isEqualTo(new RatePlan(other, 10).rates(1));
        assertThat(optimizer.config()).isEqualTo(other);
        assertThat(ops(graph)).isEqualTo(ops);
      }
    }
  }

  @Test
  void refusesChangesThatNeedAnotherGraph() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      OptimizerConfig constant = Configs.withDecay(OptimizerConfig.of(5e-3, 4), 0.01);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, constant, problem.parameters);
      try (Session session = problem.start()) {
        OptimizerConfig changed =
            Configs.withSavedModulesRate(
                Configs.with(
                    Configs.with(
                        Configs.with(constant, UpdateRule.sgd(0)),
                        new DecayExclusions(false, true, List.of())),
                    Schedule.linear()),
                1e-3);

        assertThatThrownBy(() -> optimizer.configure(session, changed))
            .isInstanceOfSatisfying(
                ConfigurationException.class,
                e ->
                    assertThat(e.faults())
                        .hasSize(4)
                        .anyMatch(fault -> fault.startsWith("update rule: is AdamW["))
                        .anyMatch(fault -> fault.startsWith("decay exclusions: are"))
                        .anyMatch(fault -> fault.startsWith("savedModulesLearningRate: is"))
                        .anyMatch(fault -> fault.startsWith("schedule: linear needs")));
      }
    }
  }

  @Test
  void keepsItsGraphForEveryRatio() {
    assertThat(graphFor(1)).isEqualTo(graphFor(16));
  }

  private static List<String> graphFor(double ratio) {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-3, ratio), problem.parameters)
          .minimize(problem.loss);
      List<String> ops = new ArrayList<>();
      graph
          .operations()
          .forEachRemaining(
              op ->
                  ops.add(
                      op.type()
                          + " "
                          + op.name()
                          + " "
                          + op.inputs().stream()
                              .map(input -> input.asOutput().op().name())
                              .toList()));
      return ops;
    }
  }

  private static Map<String, float[]> afterTwoSteps(OptimizerConfig config) {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, config, problem.parameters, 10).trainStep(problem.loss);
      try (Session session = problem.start()) {
        step.run(problem.feed(session.runner()));
        step.run(problem.feed(session.runner()));
        return problem.read(session);
      }
    }
  }

  private static void copyState(
      LoraPlusOptimizer optimizer, LoraProblem problem, Session from, Session to) {
    Session.Runner read = from.runner();
    optimizer.state().forEach(variable -> read.fetch(variable.value()));
    try (Result values = read.run()) {
      Session.Runner write = to.runner();
      Iterator<StateVariable> variables = optimizer.state().iterator();
      for (Map.Entry<String, Tensor> value : values) {
        StateVariable variable = variables.next();
        write.feed(variable.feed(), value.getValue()).addTarget(variable.assign());
      }
      write.run().close();
    }
    problem.write(to, problem.read(from));
  }

  private static double moved(StepResult result) {
    return requireNonNull(result.groups().get(ParameterGroup.B)).relativeUpdate().orElseThrow();
  }

  private static int ops(Graph graph) {
    int count = 0;
    for (Iterator<?> ops = graph.operations(); ops.hasNext(); ops.next()) {
      count++;
    }
    return count;
  }

  private static double norm(List<String> names, Map<String, double[][]> gradients) {
    double square = 0;
    for (String name : names) {
      for (double[] row : requireNonNull(gradients.get(name))) {
        for (double value : row) {
          square += value * value;
        }
      }
    }
    return Math.sqrt(square);
  }

  private static double relativeChange(
      List<String> names, Map<String, float[]> before, Map<String, float[]> after) {
    double change = 0;
    double size = 0;
    for (String name : names) {
      float[] old = requireNonNull(before.get(name));
      float[] now = requireNonNull(after.get(name));
      for (int i = 0; i < old.length; i++) {
        change += Math.pow((double) now[i] - old[i], 2);
        size += Math.pow(old[i], 2);
      }
    }
    return Math.sqrt(change / size);
  }
}
