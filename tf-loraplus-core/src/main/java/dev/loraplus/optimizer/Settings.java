package dev.loraplus.optimizer;

import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.graph.Runs;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The numbers of a configuration as variables of the running graph: the step counter looks its rate
 * up in the schedule's table, so that the step needs no feeds and other numbers need no new graph.
 *
 * <pre>
 * eta_A(t)     = table[min(t, T)]
 * eta_group(t) = eta_A(t) ofA[group] + (eta_A(t) / learningRate) own[group]
 * </pre>
 */
final class Settings {
  private static final int GROUPS = ParameterGroup.values().length;
  private static final int BASE_RATE = 0;
  private static final int WEIGHT_DECAY = 1;
  private static final int MAX_NORM = 2;

  private final StateVariable table;
  private final StateVariable ofA;
  private final StateVariable own;
  private final StateVariable scalars;
  private final long totalSteps;
  private final Optional<Operand<TFloat64>> givenRate;

  Settings(StateFactory state, OptimizerConfig config, RatePlan plan) {
    Ops init = state.tf().withInitScope();
    double[] rates = plan.table();
    totalSteps = rates.length - 1L;
    table = variable(state, "schedule", init.constant(rates), rates.length);
    ofA = variable(state, "multiples_of_a", init.constant(ofA(config)), GROUPS);
    own = variable(state, "own_rates", init.constant(own(config)), GROUPS);
    double[] numbers = scalars(config);
    scalars = variable(state, "numbers", init.constant(numbers), numbers.length);
    givenRate = Optional.empty();
  }

  private Settings(Settings shared, Operand<TFloat64> rateOfA) {
    table = shared.table;
    ofA = shared.ofA;
    own = shared.own;
    scalars = shared.scalars;
    totalSteps = shared.totalSteps;
    givenRate = Optional.of(rateOfA);
  }

  /** The same numbers, with a rate of A that is given to each step in the schedule's stead. */
  Settings withRate(Operand<TFloat64> rateOfA) {
    return new Settings(this, rateOfA);
  }

  /** Gives the numbers of another configuration to a session. */
  void assign(Session session, OptimizerConfig config, RatePlan plan) {
    try (TFloat64 newTable = TFloat64.vectorOf(plan.table());
        TFloat64 newOfA = TFloat64.vectorOf(ofA(config));
        TFloat64 newOwn = TFloat64.vectorOf(own(config));
        TFloat64 newScalars = TFloat64.vectorOf(scalars(config))) {
      Session.Runner runner = session.runner();
      set(runner, table, newTable);
      set(runner, ofA, newOfA);
      set(runner, own, newOwn);
      set(runner, scalars, newScalars);
      Runs.run(runner).close();
    }
  }

  /** The rate of every group after {@code step} steps, in the order of the groups. */
  Operand<TFloat64> rates(Ops tf, Operand<TInt64> step) {
    Operand<TFloat64> rateOfA = givenRate.orElseGet(() -> scheduled(tf, step));
    Operand<TFloat64> progress = tf.math.div(rateOfA, number(tf, BASE_RATE));
    return tf.math.add(tf.math.mul(value(ofA), rateOfA), tf.math.mul(value(own), progress));
  }

  private Operand<TFloat64> scheduled(Ops tf, Operand<TInt64> step) {
    Operand<TInt64> position = tf.math.minimum(step, tf.constant(totalSteps));
    return tf.gather(value(table), position, tf.constant(0));
  }

  Operand<TFloat64> weightDecay(Ops tf) {
    return number(tf, WEIGHT_DECAY);
  }

  /** Infinite where nothing is clipped. */
  Operand<TFloat64> maxNorm(Ops tf) {
    return number(tf, MAX_NORM);
  }

  private Operand<TFloat64> number(Ops tf, int index) {
    return tf.stridedSlice(value(scalars), Indices.at(index));
  }

  private static Operand<TFloat64> value(StateVariable variable) {
    return variable.value().asOutput().expect(TFloat64.class);
  }

  private static StateVariable variable(
      StateFactory state, String name, Operand<TFloat64> initial, int length) {
    return state.resource(name, Shape.of(length), initial);
  }

  private static void set(Session.Runner runner, StateVariable variable, Tensor value) {
    runner.feed(variable.feed(), value).addTarget(variable.assign());
  }

  private static double[] ofA(OptimizerConfig config) {
    return inOrder(config, RatePlan.Proportion::ofA);
  }

  private static double[] own(OptimizerConfig config) {
    return inOrder(config, RatePlan.Proportion::own);
  }

  /** One number for each group, 0 for one without a rate. */
  private static double[] inOrder(
      OptimizerConfig config, ToDoubleFunction<RatePlan.Proportion> number) {
    Map<ParameterGroup, RatePlan.Proportion> proportions = RatePlan.proportions(config);
    RatePlan.Proportion none = new RatePlan.Proportion(0, 0);
    return Stream.of(ParameterGroup.values())
        .mapToDouble(group -> number.applyAsDouble(proportions.getOrDefault(group, none)))
        .toArray();
  }

  private static double[] scalars(OptimizerConfig config) {
    double[] values = new double[3];
    values[BASE_RATE] = config.learningRate();
    values[WEIGHT_DECAY] = config.decay();
    values[MAX_NORM] = config.maxGradNorm().orElse(Double.POSITIVE_INFINITY);
    return values;
  }
}
