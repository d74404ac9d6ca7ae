package dev.loraplus.optimizer;

import dev.loraplus.optimizer.FencedUpdate.Machinery;
import dev.loraplus.optimizer.FencedUpdate.Monitoring;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Builds the steps of an optimizer: what they do to its variables, and what they report. */
final class StepFactory {
  private final StateFactory state;
  private final Machinery machinery;
  private final ParameterGroups groups;
  private final StepNumbers meaning;
  private int accumulating;
  private int pipelined;

  StepFactory(
      StateFactory state, Machinery machinery, ParameterGroups groups, StepNumbers meaning) {
    this.state = state;
    this.machinery = machinery;
    this.groups = groups;
    this.meaning = meaning;
  }

  /** A step whose rate of A is given to each run. */
  TrainStep single(
      Operand<TFloat32> loss, List<Operand<TFloat32>> gradients, Operand<TFloat64> rateOfA) {
    Machinery fed =
        new Machinery(
            machinery.members(),
            machinery.rule(),
            machinery.settings().withRate(rateOfA),
            machinery.stepCounter());
    return single(loss, gradients, fed);
  }

  TrainStep single(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    return single(loss, gradients, machinery);
  }

  private TrainStep single(
      Operand<TFloat32> loss, List<Operand<TFloat32>> gradients, Machinery used) {
    requireOneEach(gradients);
    Ops tf = state.tf().withSubScope("step");
    FencedUpdate update = update(tf, used, gradients, List.of(tf.math.isFinite(loss)));
    return step(update, StepNumbers.pack(tf, update, wide(tf, loss)));
  }

  PipelinedStep pipelined(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    requireOneEach(gradients);
    LatestStep latest = LatestStep.declare(state, "latest_step_" + pipelined++, meaning);
    Ops tf = state.tf().withSubScope("step");
    FencedUpdate update =
        update(tf, machinery, gradients, List.of(tf.math.isFinite(loss), latest.taken()));
    Operand<TFloat64> numbers = StepNumbers.pack(tf, update, wide(tf, loss));
    Op launch = tf.withControlDependencies(update.done(), latest.store(tf, numbers)).noOp();
    return new PipelinedStep(step(update, numbers), launch, latest, meaning);
  }

  AccumulatingStep accumulating(Operand<TFloat32> loss, List<Operand<TFloat32>> gradients) {
    requireOneEach(gradients);
    String name = "accumulated_" + accumulating++;
    Ops tf = state.tf().withSubScope(name);
    Accumulators sums = new Accumulators(state, name, groups.members());
    var weight = tf.withName("weight").placeholderWithDefault(tf.constant(1f), Shape.scalar());
    Op accumulate = sums.add(gradients, loss, weight);
    FencedUpdate update = FencedUpdate.build(tf, machinery, sums.sums(), Monitoring.AVAILABLE);
    Op reset = sums.reset(List.of());
    Op done = tf.withControlDependencies(update.done(), sums.reset(update.updates())).noOp();
    Operand<TFloat64> numbers = StepNumbers.pack(tf, update, sums.meanLoss());
    return new AccumulatingStep(
        accumulate, weight, loss, reset, new StepReadout(update, done, numbers, meaning, groups));
  }

  /** An op that takes the step, or fails and says what is not finite. */
  Op checked(List<Operand<TFloat32>> gradients, Optional<Operand<TFloat32>> loss, Ops named) {
    Ops tf = state.tf().withSubScope("step");
    List<Operand<TBool>> gates = new ArrayList<>();
    loss.ifPresent(value -> gates.add(tf.math.isFinite(value)));
    FencedUpdate update =
        FencedUpdate.build(
            tf, machinery, FencedUpdate.Gradients.single(gradients, gates), Monitoring.OFF);
    Op check = FiniteCheck.build(tf, update, loss, groups.parameters());
    return named.withControlDependencies(update.done(), check).noOp();
  }

  private TrainStep step(FencedUpdate update, Operand<TFloat64> numbers) {
    return new TrainStep(
        update.done(), new StepReadout(update, update.done(), numbers, meaning, groups));
  }

  private void requireOneEach(List<Operand<TFloat32>> gradients) {
    if (gradients.size() != groups.members().size()) {
      throw new IllegalArgumentException(
          String.format(
              "gradients: must be one for each of the %d parameters, got %d",
              groups.members().size(), gradients.size()));
    }
  }

  private static FencedUpdate update(
      Ops tf, Machinery used, List<Operand<TFloat32>> gradients, List<Operand<TBool>> gates) {
    return FencedUpdate.build(
        tf, used, FencedUpdate.Gradients.single(gradients, gates), Monitoring.AVAILABLE);
  }

  private static Operand<TFloat64> wide(Ops tf, Operand<TFloat32> loss) {
    return tf.dtypes.cast(loss, TFloat64.class);
  }
}
