package dev.loraplus.benchmarks.jmh;

import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.graph.NativeRuntime;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.TrainStep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The update alone, of adapters of rank 8 on weights of 768 x 768, with gradients that are there.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class UpdateBenchmark {
  /** Tensors that train, two for each adapter. */
  @Param({"10", "100", "200", "500"})
  public int tensors;

  private final Graph graph = new Graph();
  private final List<TrainableParameter> parameters = new ArrayList<>();
  private final Session session;
  private final List<LoraLinear> adapters = new ArrayList<>();
  private TrainStep step;

  /** A graph without adapters. */
  @SuppressWarnings("NullAway.Init")
  public UpdateBenchmark() {
    NativeRuntime.configure();
    session = new Session(graph);
  }

  /** Makes adapters, gradients and the step. */
  @Setup
  public void build() {
    Ops tf = Ops.create(graph);
    VariableStore store = new VariableStore(tf);
    for (int i = 0; i < tensors / 2; i++) {
      LoraLinear adapter = LoraLinear.create(store, "adapter" + i, 768, 768, LoraSettings.of(8, 8));
      adapters.add(adapter);
      parameters.addAll(adapter.parameters());
    }
    LoraPlusOptimizer optimizer =
        new LoraPlusOptimizer(graph, OptimizerConfig.of(1e-4, 16), parameters);
    List<Operand<TFloat32>> gradients =
        optimizer.groups().members().stream()
            .<Operand<TFloat32>>map(
                member ->
                    tf.fill(tf.constant(member.parameter().shape().asArray()), tf.constant(1e-3f)))
            .toList();
    step = optimizer.trainStep(tf.constant(1f), gradients);
    session.initialize();
    adapters.forEach(adapter -> adapter.initialize(session, 0));
  }

  /**
   * An update with the norms that a report needs.
   *
   * @return the loss, so that nothing is left out
   */
  @Benchmark
  public double update() {
    return step.run(session.runner()).loss();
  }

  /** Frees the graph. */
  @TearDown
  public void close() {
    session.close();
    graph.close();
  }
}
