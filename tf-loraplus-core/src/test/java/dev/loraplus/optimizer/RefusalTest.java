package dev.loraplus.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

class RefusalTest {
  private static final OptimizerConfig CONFIG = Configs.withDecay(OptimizerConfig.of(5e-3, 4), 0.1);

  @Test
  void refusesRatesAndRulesThatAreNoLoraPlus() {
    assertThatThrownBy(() -> OptimizerConfig.of(1e-4, 0.5))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ratio: must be at least 1, got 0.5");
    assertThatThrownBy(() -> OptimizerConfig.of(-1e-4, 4))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("learningRate: must be above 0 and finite, got -1.0E-4");
    assertThatThrownBy(() -> UpdateRule.named("adafactor"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sets its own step sizes");
  }

  @Test
  void namesAParameterThatTheLossDoesNotReach() {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.REF);
      Ops tf = Ops.create(graph);
      var lonely = tf.variable(tf.constant(new float[] {1, 2}));
      List<TrainableParameter> parameters =
          List.of(
              problem.parameters.get(0),
              TrainableParameter.ofRef("lonely", ParameterRole.BIAS, lonely));
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, parameters);

      // when, then
      assertThatThrownBy(() -> optimizer.minimize(problem.loss))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("does not depend on parameter 'lonely'");
      Operand<TFloat32> stopped =
          tf.math.add(problem.loss, tf.sum(tf.stopGradient(lonely), tf.constant(0)));
      assertThatThrownBy(() -> optimizer.minimize(stopped))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no gradient by parameter 'lonely'");
    }
  }

  @Test
  void refusesALossThatIsNoScalar() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.REF);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters);
      Ops tf = Ops.create(graph);

      assertThatThrownBy(() -> optimizer.minimize(problem.parameters.get(4).value()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be a float32 scalar, got DT_FLOAT");
      assertThatThrownBy(() -> optimizer.minimize(tf.dtypes.cast(problem.loss, TFloat64.class)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be a float32 scalar, got DT_DOUBLE");
    }
  }

  @Test
  void refusesWhatIsNoVariableOfTheGraph() {
    try (Graph graph = new Graph();
        Graph other = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainableParameter sum = TrainableParameter.ofRef("total", ParameterRole.BIAS, problem.loss);

      assertThatThrownBy(() -> new LoraPlusOptimizer(graph, CONFIG, List.of(sum)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("parameter 'total': must be a variable, got the result of a Mean op");
      assertThatThrownBy(
              () -> new LoraPlusOptimizer(other, CONFIG, problem.parameters.subList(0, 1)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("parameter 'embedding_A': is a variable of another graph");
    }
  }

  @Test
  void refusesAScheduleWithoutALength() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      OptimizerConfig linear = Configs.with(CONFIG, Schedule.linear());

      assertThatThrownBy(() -> new LoraPlusOptimizer(graph, linear, problem.parameters))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "totalSteps: the schedule linear needs the planned number of steps; pass it to the"
                  + " constructor");
    }
  }

  @Test
  void refusesABetaThatIsOneInFloat32() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      UpdateRule rule = new UpdateRule.AdamW(0.9, 0.99999999, 1e-8);

      assertThatThrownBy(
              () -> new LoraPlusOptimizer(graph, Configs.with(CONFIG, rule), problem.parameters))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("beta2: must be below 1 also in float32, got 0.99999999");
    }
  }

  static List<UpdateRule> rules() {
    return List.of(
        UpdateRule.adamW(), UpdateRule.adam(), UpdateRule.sgd(0), new UpdateRule.Sgd(0.9, true));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void changesNothingInAStepThatIsNotFinite(UpdateRule rule) {
    for (LoraProblem.Variables kind : LoraProblem.Variables.values()) {
      try (Graph graph = new Graph()) {
        // given state after two good steps, and a value that makes the loss infinite
        LoraProblem problem = new LoraProblem(graph, kind);
        LoraPlusOptimizer optimizer =
            new LoraPlusOptimizer(graph, Configs.with(CONFIG, rule), problem.parameters);
        TrainStep step = optimizer.trainStep(problem.loss);
        try (Session session = problem.start()) {
          step.run(problem.feed(session.runner()));
          step.run(problem.feed(session.runner()));
          Map<String, float[]> before = everything(problem, optimizer, session);

          // when, then
          assertThatThrownBy(() -> step.runMonitored(problem.feedInfinity(session.runner())))
              .isInstanceOf(NotFiniteException.class)
              .hasMessageStartingWith(
                  "step 3: the gradient of 'embedding_A' (and of 5 more parameters) is not finite,"
                      + " the loss is Infinity; nothing was updated");
          everything(problem, optimizer, session)
              .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
          assertThat(step.run(problem.feed(session.runner())).step()).isEqualTo(3);
        }
      }
    }
  }

  @Test
  void tellsALossThatIsNotFiniteFromGradients() {
    try (Graph graph = new Graph()) {
      // given a constant part of the loss that is NaN
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      Ops tf = Ops.create(graph);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters);
      TrainStep step = optimizer.trainStep(tf.math.add(problem.loss, tf.constant(Float.NaN)));
      try (Session session = problem.start()) {
        assertThatThrownBy(() -> step.run(problem.feed(session.runner())))
            .isInstanceOfSatisfying(
                NotFiniteException.class,
                e -> {
                  assertThat(e.step()).isEqualTo(1);
                  assertThat(e.loss()).isNaN();
                  assertThat(e.parameters()).isEmpty();
                })
            .hasMessageStartingWith("step 1: the loss is not finite, the loss is NaN");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsMinimizeInAStepThatIsNotFinite(LoraProblem.Variables kind) {
    try (Graph graph = new Graph()) {
      // given
      LoraProblem problem = new LoraProblem(graph, kind);
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters);
      Op train = optimizer.minimize(problem.loss);
      try (Session session = problem.start()) {
        problem.feed(session.runner()).addTarget(train).run().close();
        Map<String, float[]> before = everything(problem, optimizer, session);

        // when, then
        assertThatThrownBy(
                () -> problem.feedInfinity(session.runner()).addTarget(train).run().close())
            .isInstanceOf(TFInvalidArgumentException.class)
            .hasMessageContaining("LoRA+ step not taken, nothing was updated: step")
            .hasMessageContaining("embedding_A");
        everything(problem, optimizer, session)
            .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
      }
    }
  }

  /** Parameters, moments and the step counter. */
  private static Map<String, float[]> everything(
      LoraProblem problem, LoraPlusOptimizer optimizer, Session session) {
    Map<String, float[]> values = new LinkedHashMap<>(problem.read(session));
    for (StateVariable variable : optimizer.state()) {
      try (Result result = session.runner().fetch(variable.value()).run()) {
        if (variable.name().equals("step")) {
          long step = ((TInt64) result.get(0)).getLong();
          values.put("step", new float[] {step});
        } else {
          TFloat32 tensor = (TFloat32) result.get(0);
          float[] copy = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(copy);
          values.put(variable.name(), copy);
        }
      }
    }
    return values;
  }
}
