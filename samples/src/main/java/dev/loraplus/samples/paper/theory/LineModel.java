package dev.loraplus.samples.paper.theory;

import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The model of the paper's section 3 (Hayou et al., arXiv 2402.12354): one linear layer with an
 * adapter of rank 1, one example, width n.
 *
 * <pre>
 * f(x) = (w + b a^T) x,   loss = (f(x) - y)^2 / 2,   x_i ~ N(0, 1), n of them,   w x = 0,   y = 1
 * </pre>
 *
 * A step changes f, with u = f(x) - y, by the three terms
 *
 * <pre>
 * delta1 = b (a' - a)^T x          what A learns
 * delta2 = (b' - b) a^T x          what B learns
 * delta3 = (b' - b) (a' - a)^T x   both at once
 * </pre>
 *
 * and a trial ends with the size of each at its last step, and of a^T x after it. Widths and rules
 * have graphs of their own; rates, starts and seeds are values.
 */
final class LineModel implements TrialRunner {
  static final String RULE = "rule";
  static final String RATES = "rates";
  static final String START = "start";
  static final String WIDTH = "width";
  static final List<String> TERMS = List.of("delta1", "delta2", "delta3", "Az");

  /**
   * Steps of a trial. B learns at the first, A at the second (or the other way round), so that all
   * three terms are there from the third on; few enough that f does not reach y.
   */
  static final int STEPS = 4;

  static {
    NativeRuntime.configure();
  }

  private @Nullable Built built;

  @Override
  public String shape(Settings settings) {
    return settings.name(RULE).orElseThrow() + " " + width(settings);
  }

  @Override
  public Map<String, String> identity() {
    return Map.of("steps", Integer.toString(STEPS), "constant", Double.toString(Regime.CONSTANT));
  }

  @Override
  public Scores run(Trial trial, TrialWatch watch) {
    Built model = built(trial.settings());
    model.start(trial);
    State before = model.state();
    State after = before;
    for (int step = 0; step < STEPS; step++) {
      before = after;
      watch.loss(model.step());
      after = model.state();
    }
    double movedA = after.ax() - before.ax();
    double movedB = after.b() - before.b();
    Map<String, Double> sizes = new LinkedHashMap<>();
    sizes.put("delta1", Math.abs(before.b() * movedA));
    sizes.put("delta2", Math.abs(movedB * before.ax()));
    sizes.put("delta3", Math.abs(movedB * movedA));
    sizes.put("Az", Math.abs(after.ax()));
    return new Scores(sizes, List.of());
  }

  @Override
  public void close() {
    if (built != null) {
      built.close();
      built = null;
    }
  }

  static int width(Settings settings) {
    return (int) settings.number(WIDTH).orElseThrow();
  }

  private Built built(Settings settings) {
    Built current = built;
    if (current == null || !current.shape.equals(shape(settings))) {
      close();
      current = new Built(shape(settings), width(settings), rule(settings));
      built = current;
    }
    return current;
  }

  private static UpdateRule rule(Settings settings) {
    return UpdateRule.named(settings.name(RULE).orElseThrow());
  }

  /** a^T x and b. */
  private record State(double ax, double b) {}

  /** The graph of one width and rule. */
  private static final class Built implements AutoCloseable {
    private final String shape;
    private final int width;
    private final UpdateRule rule;
    private final Graph graph = new Graph();
    private final Session session;
    private final ResourceVariable x;
    private final LoraLinear lora;
    private final Operand<TFloat32> loss;
    private final LoraPlusOptimizer optimizer;
    private final Op step;

    Built(String shape, int width, UpdateRule rule) {
      this.shape = shape;
      this.width = width;
      this.rule = rule;
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf);
      x = store.create("x", Shape.of(1, width));
      lora = LoraLinear.create(store, "line", width, 1, LoraSettings.of(1, 1));
      Operand<TFloat32> f = lora.apply(tf, x.value(), tf.constant(new float[][] {{0}}));
      Operand<TFloat32> squared = tf.math.squaredDifference(f, tf.constant(new float[][] {{1}}));
      loss = tf.math.mul(tf.math.mean(squared, tf.array(0, 1)), tf.constant(0.5f));
      optimizer = new LoraPlusOptimizer(graph, config(rule, 1, 1), lora.parameters());
      step = optimizer.trainStep(loss).update();
      session = new Session(graph);
    }

    void start(Trial trial) {
      Settings settings = trial.settings();
      Regime regime = Regime.of(settings);
      optimizer.configure(
          session, config(rule, regime.rateA(width), regime.rateB(width) / regime.rateA(width)));
      optimizer.reset(session);
      boolean zeroB = regime.start() == Regime.Start.B_ZERO;
      Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
      try {
        values.put(x, normal(x, trial.seed(), 1));
        // a_i ~ N(0, 1/n), so that a^T x is of the order of 1, or b ~ N(0, 1).
        values.put(lora.a(), normal(lora.a(), trial.seed(), zeroB ? 1 / Math.sqrt(width) : 0));
        values.put(lora.b(), normal(lora.b(), trial.seed(), zeroB ? 0 : 1));
        VariableStore.assign(session, values);
      } finally {
        values.values().forEach(TFloat32::close);
      }
    }

    /** Takes a step; the loss before it. */
    double step() {
      try (Result result = session.runner().addTarget(step).fetch(loss).run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    }

    /** In double precision: differences of a^T x are small against it. */
    State state() {
      try (Result values = VariableStore.read(session, List.of(x, lora.a(), lora.b()))) {
        TFloat32 inputs = (TFloat32) values.get(0);
        TFloat32 a = (TFloat32) values.get(1);
        double ax = 0;
        for (int i = 0; i < width; i++) {
          ax += (double) inputs.getFloat(0, i) * a.getFloat(0, i);
        }
        return new State(ax, ((TFloat32) values.get(2)).getFloat(0, 0));
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }

    private static TFloat32 normal(ResourceVariable variable, long seed, double deviation) {
      return SeededRandom.of(seed, variable.name()).normal(variable.shape(), deviation);
    }

    private static OptimizerConfig config(UpdateRule rule, double rateA, double ratio) {
      return new OptimizerConfig(
          rule,
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
}
