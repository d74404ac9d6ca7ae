package dev.loraplus.savedmodel.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.gradient.MissingGradients;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.PreventGradient;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

class DifferentiationCheckTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final VariableStore store = new VariableStore(tf);
  private final TrainableParameter first = parameter("first");
  private final TrainableParameter second = parameter("second");

  @BeforeAll
  static void register() {
    MissingGradients.register();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void acceptsALossThatReachesEveryParameter() {
    Operand<TFloat32> loss = loss(tf.math.mul(first.value(), second.value()));

    assertThatCode(() -> require(loss)).doesNotThrowAnyException();
  }

  @Test
  void acceptsRefVariables() {
    var ref = tf.withName("ref").variable(Shape.of(3), TFloat32.class);
    TrainableParameter parameter = TrainableParameter.ofRef("ref", ParameterRole.A, ref);

    assertThatCode(() -> DifferentiationCheck.require(graph, loss(ref), List.of(parameter)))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesALoop() {
    Operand<TFloat32> looped = loop(tf.math.square(first.value()));
    Operand<TFloat32> loss = loss(tf.math.mul(looped, second.value()));

    NotDifferentiableException refusal = refusal(loss);

    assertThat(refusal.cutOff()).containsExactly("first");
    assertThat(refusal.obstacles())
        .singleElement()
        .satisfies(
            obstacle -> {
              assertThat(obstacle.opType()).isEqualTo("StatelessWhile");
              assertThat(obstacle.opName()).isEqualTo(looped.op().name());
              assertThat(obstacle.parameters()).containsExactly("first");
            });
    assertThat(refusal)
        .hasMessageContaining("loss 'loss'")
        .hasMessageContaining("StatelessWhile '" + looped.op().name() + "': a loop")
        .hasMessageContaining("cut off: first");
  }

  @Test
  void refusesALoopBesideAPathThatReaches() {
    // TensorFlow fails at any op without a gradient, however many other paths there are.
    Operand<TFloat32> loss =
        loss(tf.math.add(loop(first.value()), tf.math.mul(first.value(), second.value())));

    NotDifferentiableException refusal = refusal(loss);

    assertThat(refusal.obstacles()).extracting(Obstacle::opType).containsExactly("StatelessWhile");
    assertThat(refusal.cutOff()).isEmpty();
    assertThatThrownBy(() -> derivative(loss)).hasMessageContaining("StatelessWhile");
  }

  @Test
  void acceptsALoopBehindTheParameters() {
    Operand<TFloat32> looped = loop(tf.constant(new float[] {1, 2, 3}));
    Operand<TFloat32> loss = loss(tf.math.mul(looped, tf.math.mul(first.value(), second.value())));

    assertThatCode(() -> require(loss)).doesNotThrowAnyException();
    assertThatCode(() -> derivative(loss)).doesNotThrowAnyException();
  }

  @Test
  void namesAllObstacles() {
    Operand<TFloat32> angle =
        tf.withName("angle").math.betainc(first.value(), first.value(), second.value());
    Operand<TFloat32> guarded =
        tf.withName("guarded")
            .train
            .preventGradient(second.value(), PreventGradient.message("tables are whole numbers"));

    NotDifferentiableException refusal = refusal(loss(tf.math.add(angle, guarded)));

    assertThat(refusal)
        .hasMessageContaining(
            "Betainc 'angle': TensorFlow's C++ library has no gradient for it; behind it: first,"
                + " second")
        .hasMessageContaining(
            "PreventGradient 'guarded': forbids derivatives: tables are whole numbers; behind it:"
                + " second")
        .hasMessageContaining("cut off: first, second");
  }

  @Test
  void namesWhatStopsAllDerivatives() {
    Operand<TFloat32> stopped = tf.withName("stopped").stopGradient(first.value());
    Operand<TBool> compared = tf.withName("compared").math.greater(second.value(), stopped);
    Operand<TFloat32> loss = loss(tf.dtypes.cast(compared, TFloat32.class));

    NotDifferentiableException refusal = refusal(loss);

    assertThat(refusal.cutOff()).containsExactly("first", "second");
    assertThat(refusal).hasMessageContaining("Greater 'compared': its result has no derivative");
  }

  @Test
  void doesNotBlameShapes() {
    Operand<TFloat32> stopped = tf.withName("stopped").stopGradient(first.value());
    Operand<TFloat32> shaped =
        tf.reshape(stopped, tf.math.mul(tf.shape(first.value()), tf.constant(1)));

    NotDifferentiableException refusal = refusal(loss(tf.math.mul(shaped, second.value())));

    assertThat(refusal.obstacles()).extracting(Obstacle::opName).containsExactly("stopped");
    assertThat(refusal.cutOff()).containsExactly("first");
  }

  @Test
  void acceptsAStopBesideAPathThatReaches() {
    Operand<TFloat32> loss =
        loss(
            tf.math.mul(
                tf.math.sub(first.value(), tf.stopGradient(first.value())), second.value()));

    assertThatCode(() -> require(loss)).doesNotThrowAnyException();
    assertThatCode(() -> derivative(loss)).doesNotThrowAnyException();
  }

  @Test
  void refusesAParameterThatTheLossDoesNotReach() {
    NotDifferentiableException refusal = refusal(loss(first.value()));

    assertThat(refusal.obstacles()).isEmpty();
    assertThat(refusal.cutOff()).containsExactly("second");
    assertThat(refusal).hasMessageContaining("the loss does not depend on: second");
  }

  private void require(Operand<TFloat32> loss) {
    DifferentiationCheck.require(graph, loss, List.of(first, second));
  }

  private NotDifferentiableException refusal(Operand<TFloat32> loss) {
    return catchThrowableOfType(NotDifferentiableException.class, () -> require(loss));
  }

  private void derivative(Operand<TFloat32> loss) {
    graph.addGradients(
        loss.asOutput(),
        new Output<?>[] {first.variable().asOutput(), second.variable().asOutput()});
  }

  private TrainableParameter parameter(String name) {
    ResourceVariable variable = store.create(name, Shape.of(3));
    return TrainableParameter.of(variable, ParameterRole.A);
  }

  private Operand<TFloat32> loss(Operand<TFloat32> x) {
    return tf.withName("loss").sum(x, tf.constant(0));
  }

  /** Doubles x until its sum exceeds 100. */
  private Operand<TFloat32> loop(Operand<TFloat32> x) {
    ConcreteFunction below =
        ConcreteFunction.create(
            (Ops ops) -> {
              var value = ops.placeholder(TFloat32.class);
              var less = ops.math.less(ops.sum(value, ops.constant(0)), ops.constant(100f));
              return Signature.builder("below").input("x", value).output("y", less).build();
            });
    ConcreteFunction twice =
        ConcreteFunction.create(
            (Ops ops) -> {
              var value = ops.placeholder(TFloat32.class);
              var doubled = ops.math.add(value, value);
              return Signature.builder("twice").input("x", value).output("y", doubled).build();
            });
    return tf.statelessWhile(List.of(x), below, twice)
        .output()
        .get(0)
        .asOutput()
        .expect(TFloat32.class);
  }
}
