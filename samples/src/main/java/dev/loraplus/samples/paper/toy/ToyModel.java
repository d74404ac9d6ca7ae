package dev.loraplus.samples.paper.toy;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.DecayExclusions;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.Schedule;
import dev.loraplus.config.UpdateRule;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.sweep.Settings;
import dev.loraplus.sweep.Trial;
import dev.loraplus.sweep.TrialRunner;
import dev.loraplus.sweep.TrialWatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * The two-layer model of the paper's Figure 2 (Hayou et al., arXiv 2402.12354):
 *
 * <pre>
 * f(x) = W_out relu(B A relu(W_in x)),   y = sin(mean(x)),   x ~ N(0, I_d)
 * W_in ~ N(0, 1) [n, d]      frozen      A ~ N(0, 1/n) [r, n]   rate eta_A
 * W_out ~ N(0, 1/n) [1, n]   frozen      B ~ N(0, 1)   [n, r]   rate eta_B
 * </pre>
 *
 * with d = 5, n = 100, r = 4, trained by gradient descent on the mean squared error of all training
 * points. Data and weights follow from the seed. One graph and session serve all trials.
 */
final class ToyModel implements TrialRunner {
  static final String RATE_A = "rateA";
  static final String RATE_B = "rateB";
  static final String TRAIN_LOSS = "train_loss";
  static final String TEST_LOSS = "test_loss";

  private static final int INPUTS = 5;
  private static final int WIDTH = 100;
  private static final int RANK = 4;
  private static final int TRAINING_POINTS = 1000;
  private static final int TEST_POINTS = 100;

  static {
    NativeRuntime.configure();
  }

  private final int steps;
  private final Set<Integer> measured;
  private final Graph graph = new Graph();
  private final Session session;
  private final Ops tf = Ops.create(graph);
  private final VariableStore store = new VariableStore(tf);
  private final ResourceVariable wIn = store.create("w_in", Shape.of(WIDTH, INPUTS));
  private final ResourceVariable wOut = store.create("w_out", Shape.of(WIDTH, 1));
  private final ResourceVariable a = store.create("lora_A", Shape.of(RANK, WIDTH));
  private final ResourceVariable b = store.create("lora_B", Shape.of(WIDTH, RANK));
  private final Points training = new Points("training", TRAINING_POINTS);
  private final Points test = new Points("test", TEST_POINTS);
  private final Operand<TFloat32> loss = mean(training.errors());
  private final Operand<TFloat32> testErrors = test.errors();
  private final Operand<TFloat32> testLoss = mean(testErrors);
  private final LoraPlusOptimizer optimizer;
  private final Op step;

  /**
   * Builds the graph.
   *
   * @param steps gradient steps of a trial
   * @param measured steps after which both losses are noted
   */
  ToyModel(int steps, Set<Integer> measured) {
    this.steps = steps;
    this.measured = measured;
    this.optimizer =
        new LoraPlusOptimizer(
            graph,
            config(1, 1),
            List.of(
                TrainableParameter.of(a, ParameterRole.A),
                TrainableParameter.of(b, ParameterRole.B)));
    this.step = optimizer.trainStep(loss).update();
    this.session = new Session(graph);
  }

  /** Points with what the frozen first layer makes of them, which does not change in training. */
  private final class Points {
    private final ResourceVariable x;
    private final ResourceVariable features;
    private final ResourceVariable y;
    private final List<Op> prepare;

    Points(String name, int count) {
      x = store.create(name + "/x", Shape.of(count, INPUTS));
      features = store.create(name + "/features", Shape.of(count, WIDTH));
      y = store.create(name + "/y", Shape.of(count, 1));
      Operand<TFloat32> z =
          tf.nn.relu(tf.linalg.matMul(x.value(), wIn.value(), MatMul.transposeB(true)));
      Operand<TFloat32> mean = tf.math.mean(x.value(), tf.constant(1), Mean.keepDims(true));
      prepare =
          List.of(
              tf.assignVariableOp(features.handle(), z),
              tf.assignVariableOp(y.handle(), tf.math.sin(mean)));
    }

    /** (f(x) - y)^2 of every point, [count, 1]. */
    Operand<TFloat32> errors() {
      Operand<TFloat32> az = tf.linalg.matMul(features.value(), a.value(), MatMul.transposeB(true));
      Operand<TFloat32> baz = tf.linalg.matMul(az, b.value(), MatMul.transposeB(true));
      Operand<TFloat32> f = tf.linalg.matMul(tf.nn.relu(baz), wOut.value());
      return tf.math.squaredDifference(f, y.value());
    }
  }

  @Override
  public Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("model", String.format("d=%d n=%d r=%d", INPUTS, WIDTH, RANK));
    identity.put("points", TRAINING_POINTS + " training, " + TEST_POINTS + " test");
    identity.put("steps", Integer.toString(steps));
    identity.put("measured after", measured.stream().sorted().toList().toString());
    return identity;
  }

  @Override
  public Scores run(Trial trial, TrialWatch watch) {
    start(trial);
    for (int taken = 0; taken < steps; taken++) {
      if (measured.contains(taken)) {
        measure(taken, watch);
      }
      try (Result result = session.runner().addTarget(step).fetch(loss).run()) {
        watch.loss(((TFloat32) result.get(0)).getFloat());
      }
    }
    try (Result result = session.runner().fetch(loss).fetch(testErrors).run()) {
      double trainLoss = ((TFloat32) result.get(0)).getFloat();
      List<Double> errors = new ArrayList<>();
      ((TFloat32) result.get(1)).scalars().forEach(e -> errors.add((double) e.getFloat()));
      double meanError = errors.stream().mapToDouble(e -> e).average().orElseThrow();
      if (!Double.isFinite(trainLoss) || !Double.isFinite(meanError)) {
        throw watch.diverged("the final loss is not finite");
      }
      return new Scores(Map.of(TRAIN_LOSS, trainLoss, TEST_LOSS, meanError), errors);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  private void measure(int taken, TrialWatch watch) {
    try (Result result = session.runner().fetch(loss).fetch(testLoss).run()) {
      watch.measured(
          taken,
          Map.of(
              TRAIN_LOSS, (double) ((TFloat32) result.get(0)).getFloat(),
              TEST_LOSS, (double) ((TFloat32) result.get(1)).getFloat()));
    }
  }

  /** Everything as the seed has it, before the first step. */
  private void start(Trial trial) {
    Settings settings = trial.settings();
    double rateA = settings.number(RATE_A).orElseThrow();
    double rateB = settings.number(RATE_B).orElseThrow();
    optimizer.configure(session, config(rateA, rateB / rateA));
    optimizer.reset(session);
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try {
      normal(values, wIn, trial.seed(), 1);
      normal(values, wOut, trial.seed(), 1 / Math.sqrt(WIDTH));
      normal(values, a, trial.seed(), 1 / Math.sqrt(WIDTH));
      normal(values, b, trial.seed(), 1);
      normal(values, training.x, trial.seed(), 1);
      normal(values, test.x, trial.seed(), 1);
      VariableStore.assign(session, values);
    } finally {
      values.values().forEach(TFloat32::close);
    }
    Session.Runner runner = session.runner();
    training.prepare.forEach(runner::addTarget);
    test.prepare.forEach(runner::addTarget);
    runner.run().close();
  }

  private static void normal(
      Map<ResourceVariable, TFloat32> values,
      ResourceVariable variable,
      long seed,
      double deviation) {
    values.put(
        variable, SeededRandom.of(seed, variable.name()).normal(variable.shape(), deviation));
  }

  private Operand<TFloat32> mean(Operand<TFloat32> errors) {
    return tf.math.mean(errors, tf.array(0, 1));
  }

  /** Gradient descent. */
  private static OptimizerConfig config(double rateA, double ratio) {
    return new OptimizerConfig(
        UpdateRule.sgd(0),
        rateA,
        ratio,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        DecayExclusions.standard(),
        OptionalDouble.empty(),
        Schedule.constant(),
        true);
  }
}
