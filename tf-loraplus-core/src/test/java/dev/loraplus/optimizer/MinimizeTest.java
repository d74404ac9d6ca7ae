package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/** The optimizer in a user's own graph, as any other optimizer of TensorFlow Java. */
class MinimizeTest {
  private static final OptimizerConfig CONFIG =
      Configs.withDecay(Configs.with(OptimizerConfig.of(5e-3, 4), Schedule.linear()), 0.1);

  @ParameterizedTest
  @EnumSource
  void takesTheStepsOfATrainStep(LoraProblem.Variables kind) {
    // given
    Map<String, float[]> expected = afterTrainSteps();
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, kind);
      Optimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);
      Op train = optimizer.minimize(problem.loss);
      try (Session session = problem.start()) {
        // when
        for (int i = 0; i < 10; i++) {
          problem.feed(session.runner()).addTarget(train).run().close();
        }

        // then
        problem
            .read(session)
            .forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
      }
    }
  }

  @Test
  void appliesGradientsThatTheUserChanged() {
    // given gradient descent, whose steps are as large as the gradients
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.REF);
      LoraPlusOptimizer optimizer =
          new LoraPlusOptimizer(
              graph,
              Configs.with(OptimizerConfig.of(0.5, 2), UpdateRule.sgd(0)),
              problem.parameters);
      List<GradAndVar<?>> pairs = new ArrayList<>(optimizer.computeGradients(problem.loss));
      Operand<TFloat32> ones = Ops.create(graph).constant(new float[] {1, 1, 1});
      Output<TFloat32> bias = problem.parameters.get(4).value().asOutput();
      pairs.set(4, new GradAndVar<>(ones.asOutput(), bias));
      Op train = optimizer.applyGradients(pairs, "mine");
      try (Session session = problem.start()) {
        Map<String, float[]> before = problem.read(session);

        // when
        problem.feed(session.runner()).addTarget(train).run().close();

        // then
        assertThat(train.op().name()).endsWith("mine");
        Map<String, float[]> after = problem.read(session);
        for (int i = 0; i < 3; i++) {
          assertThat(requireNonNull(after.get("bias"))[i])
              .isEqualTo(requireNonNull(before.get("bias"))[i] - 1);
        }
      }
      assertThatThrownBy(() -> optimizer.applyGradients(pairs.subList(1, 6), "few"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("parameter 'embedding_A': has no gradient");
    }
  }

  @Test
  void leavesUntaggedVariablesAlone() {
    // given a dense layer whose base weight and statistics are variables of both kinds
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Ops init = tf.withInitScope();
      var frozen = init.variable(init.constant(new float[][] {{0.5f, -1}, {2, 0.25f}}));
      var frozenResource =
          tf.varHandleOp(TFloat32.class, Shape.of(2), VarHandleOp.sharedName("frozen"));
      init.assignVariableOp(frozenResource, init.constant(new float[] {3, -0.125f}));
      var a = init.variable(init.constant(new float[][] {{0.3f, 0.1f}}));
      var b = init.variable(init.constant(new float[][] {{0}, {0}}));
      var x = tf.constant(new float[][] {{1, 2}, {-1, 0.5f}, {0.25f, 1}});
      var shift = tf.readVariableOp(frozenResource, TFloat32.class);
      Operand<TFloat32> weight = tf.math.add(frozen, tf.linalg.matMul(b, a));
      Operand<TFloat32> y = tf.math.add(tf.linalg.matMul(x, weight), shift);
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(y), tf.constant(new int[] {0, 1}));

      // when
      List<TrainableParameter> parameters =
          List.of(
              TrainableParameter.ofRef("lora_A", ParameterRole.A, a),
              TrainableParameter.ofRef("lora_B", ParameterRole.B, b));
      Op train =
          new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-2, 16), parameters).minimize(loss);

      // then
      try (Session session = new Session(graph)) {
        double first = scalar(session, loss);
        for (int i = 0; i < 50; i++) {
          session.run(train);
        }
        assertThat(scalar(session, loss)).isLessThan(first / 2);
        try (Result result = session.runner().fetch(frozen).fetch(shift).fetch(b).run()) {
          assertThat(floats(result, 0)).containsExactly(0.5f, -1, 2, 0.25f);
          assertThat(floats(result, 1)).containsExactly(3, -0.125f);
          assertThat(floats(result, 2)).doesNotContain(0);
        }
      }
    }
  }

  @Test
  void seesEveryReadOfAResource() {
    // given a loss that reads the variable once more than the adapter does
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      Ops tf = Ops.create(graph);
      TrainableParameter bias = problem.parameters.get(4);
      Operand<TFloat32> again = tf.readVariableOp(bias.variable(), TFloat32.class);
      Operand<TFloat32> loss =
          tf.math.add(problem.loss, tf.math.mul(tf.constant(1000f), tf.sum(again, tf.constant(0))));
      LoraPlusOptimizer optimizer = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);

      // when
      GradAndVar<?> pair = optimizer.computeGradients(loss).get(4);

      // then
      try (Session session = problem.start();
          Result result = problem.feed(session.runner()).fetch(pair.getGradient()).run()) {
        assertThat(pair.getVariable()).isEqualTo(bias.value().asOutput());
        for (float value : floats(result, 0)) {
          assertThat(value).isBetween(990f, 1010f);
        }
      }
    }
  }

  @Test
  void worksTwiceInOneGraphWithStateApart() {
    // given
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      LoraPlusOptimizer first = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);
      LoraPlusOptimizer second = new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10);
      TrainStep one = first.trainStep(problem.loss);
      TrainStep other = second.trainStep(problem.loss);
      try (Session session = problem.start()) {
        // when
        one.run(problem.feed(session.runner()));
        StepResult secondOfOne = one.run(problem.feed(session.runner()));
        StepResult firstOfOther = other.run(problem.feed(session.runner()));

        // then
        assertThat(secondOfOne.step()).isEqualTo(2);
        assertThat(firstOfOther.step()).isEqualTo(1);
      }
    }
  }

  private static Map<String, float[]> afterTrainSteps() {
    try (Graph graph = new Graph()) {
      LoraProblem problem = new LoraProblem(graph, LoraProblem.Variables.RESOURCE);
      TrainStep step =
          new LoraPlusOptimizer(graph, CONFIG, problem.parameters, 10).trainStep(problem.loss);
      try (Session session = problem.start()) {
        for (int i = 0; i < 10; i++) {
          step.run(problem.feed(session.runner()));
        }
        return problem.read(session);
      }
    }
  }

  private static double scalar(Session session, Operand<TFloat32> value) {
    try (Result result = session.runner().fetch(value).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
