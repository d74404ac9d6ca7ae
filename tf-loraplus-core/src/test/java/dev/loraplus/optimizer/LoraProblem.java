package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A small regression with adapters on an embedding and a linear layer, a bias and a scale:
 *
 * <pre>
 * H = E[ids] + EA[:, ids]^T EB^T
 * Z = H W^T + H A^T B^T
 * Y = scale (Z + bias)
 * loss = mean (Y - target)^2
 * </pre>
 */
final class LoraProblem {
  /** Where the parameters live. */
  enum Variables {
    RESOURCE,
    REF
  }

  static final List<String> NAMES =
      List.of("embedding_A", "embedding_B", "A", "B", "bias", "scale");
  private static final Map<String, ParameterRole> ROLES =
      Map.of(
          "embedding_A", ParameterRole.EMBEDDING_A,
          "embedding_B", ParameterRole.EMBEDDING_B,
          "A", ParameterRole.A,
          "B", ParameterRole.B,
          "bias", ParameterRole.BIAS,
          "scale", ParameterRole.SCALE);

  final Graph graph;
  final List<TrainableParameter> parameters = new ArrayList<>();
  final Operand<TInt32> ids;
  final Operand<TFloat32> target;
  final Operand<TFloat32> loss;
  private final JsonNode fixture = Fixtures.trajectories();
  private final Map<ResourceVariable, TFloat32> initial = new LinkedHashMap<>();

  LoraProblem(Graph graph, Variables kind) {
    this.graph = graph;
    Ops tf = Ops.create(graph);
    VariableStore store = new VariableStore(tf);
    Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();
    for (String name : NAMES) {
      TrainableParameter parameter =
          kind == Variables.RESOURCE ? resource(store, name) : ref(tf, name);
      parameters.add(parameter);
      values.put(name, parameter.value());
    }
    ids = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    target = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
    loss = loss(tf, values);
  }

  private Operand<TFloat32> loss(Ops tf, Map<String, Operand<TFloat32>> p) {
    var rows = tf.gather(tf.constant(tensor("embedding")), ids, tf.constant(0));
    var columns = tf.gather(p.get("embedding_A"), ids, tf.constant(1));
    MatMul.Options[] both = {MatMul.transposeA(true), MatMul.transposeB(true)};
    var h = tf.math.add(rows, tf.linalg.matMul(columns, p.get("embedding_B"), both));
    MatMul.Options second = MatMul.transposeB(true);
    var frozen = tf.linalg.matMul(h, tf.constant(tensor("weight")), second);
    var u = tf.linalg.matMul(h, p.get("A"), second);
    var z = tf.math.add(frozen, tf.linalg.matMul(u, p.get("B"), second));
    var y = tf.math.mul(tf.math.add(z, p.get("bias")), p.get("scale"));
    return tf.math.mean(tf.math.square(tf.math.sub(y, target)), tf.constant(new int[] {0, 1}));
  }

  private TrainableParameter resource(VariableStore store, String name) {
    ResourceVariable variable = store.create(name, shape(name));
    initial.put(variable, tensor(name));
    return TrainableParameter.of(variable, role(name));
  }

  private TrainableParameter ref(Ops tf, String name) {
    Ops init = tf.withInitScope();
    var variable = init.withName(name).variable(shape(name), TFloat32.class);
    init.assign(variable, init.constant(tensor(name)));
    return TrainableParameter.ofRef(name, role(name), variable);
  }

  static ParameterRole role(String name) {
    return requireNonNull(ROLES.get(name));
  }

  /** A session with initial parameters. */
  Session start() {
    Session session = new Session(graph);
    VariableStore.assign(session, initial);
    return session;
  }

  /** Sets parameters and the optimizer's state back to their first values. */
  void restart(Session session) {
    session.forceInitialize();
    VariableStore.assign(session, initial);
  }

  /** Sets the parameters. */
  void write(Session session, Map<String, float[]> values) {
    Ops tf = Ops.create(graph);
    Session.Runner runner = session.runner();
    for (TrainableParameter parameter : parameters) {
      var feed = tf.placeholder(TFloat32.class, Placeholder.shape(parameter.shape()));
      float[] numbers = requireNonNull(values.get(parameter.name()));
      runner
          .feed(feed, TFloat32.tensorOf(parameter.shape(), DataBuffers.of(numbers)))
          .addTarget(
              parameter.isResource()
                  ? tf.assignVariableOp(parameter.variable(), feed)
                  : tf.assign(parameter.value(), feed));
    }
    runner.run().close();
  }

  /** Feeds the whole batch. */
  Session.Runner feed(Session.Runner runner) {
    return feed(runner, 0, 5);
  }

  /** Feeds some rows of the batch. */
  Session.Runner feed(Session.Runner runner, int from, int to) {
    int[] rows = new int[to - from];
    for (int i = from; i < to; i++) {
      rows[i - from] = fixture.get("ids").get(i).asInt();
    }
    float[] wanted = new float[rows.length * 3];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = (float) fixture.get("values").get("target").get(3 * from + i).asDouble();
    }
    return runner
        .feed(ids, TInt32.vectorOf(rows))
        .feed(target, TFloat32.tensorOf(Shape.of(rows.length, 3), DataBuffers.of(wanted)));
  }

  /** Feeds the whole batch with a target that makes the loss and all gradients infinite. */
  Session.Runner feedInfinity(Session.Runner runner) {
    float[] wanted = new float[15];
    Arrays.fill(wanted, Float.NEGATIVE_INFINITY);
    return runner
        .feed(ids, TInt32.vectorOf(0, 3, 3, 5, 1))
        .feed(target, TFloat32.tensorOf(Shape.of(5, 3), DataBuffers.of(wanted)));
  }

  /** Current values of all parameters by name. */
  Map<String, float[]> read(Session session) {
    Session.Runner runner = session.runner();
    parameters.forEach(parameter -> runner.fetch(parameter.value()));
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      for (int i = 0; i < parameters.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] copy = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(copy);
        values.put(parameters.get(i).name(), copy);
      }
    }
    return values;
  }

  private Shape shape(String name) {
    JsonNode dimensions = fixture.get("shapes").get(name);
    long[] sizes = new long[dimensions.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dimensions.get(i).asLong();
    }
    return Shape.of(sizes);
  }

  private TFloat32 tensor(String name) {
    double[] doubles = Fixtures.doubles(fixture.get("values").get(name));
    float[] values = new float[doubles.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) doubles[i];
    }
    return TFloat32.tensorOf(shape(name), DataBuffers.of(values));
  }
}
