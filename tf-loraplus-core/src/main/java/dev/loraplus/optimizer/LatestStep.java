package dev.loraplus.optimizer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

/**
 * The numbers of the step that was launched last, which stay on the device until they are read.
 *
 * @param variable of {@link StepNumbers}
 * @param before their values at the start of a run; it waits for the step that is under way and not
 *     for the run's own
 * @param taken whether that step was taken
 * @param clear forgets them
 */
record LatestStep(
    StateVariable variable, Operand<TFloat64> before, Operand<TBool> taken, Op clear) {

  static LatestStep declare(StateFactory state, String name, StepNumbers meaning) {
    double[] none = meaning.none();
    StateVariable variable =
        state.resource(name, Shape.of(none.length), state.tf().withInitScope().constant(none));
    Ops tf = state.tf();
    Operand<TFloat64> value = variable.value().asOutput().expect(TFloat64.class);
    return new LatestStep(
        variable,
        readApart(tf, variable),
        tf.math.notEqual(
            tf.stridedSlice(value, Indices.at(StepNumbers.finite())), tf.constant(0.0)),
        tf.assignVariableOp(variable.variable(), tf.constant(none)));
  }

  /** Stores the numbers of a run, after {@link #before} was read. */
  Op store(Ops tf, Operand<TFloat64> numbers) {
    return tf.withControlDependencies(before).assignVariableOp(variable.variable(), numbers);
  }

  /**
   * A read that XLA must leave alone: as part of a compiled program its value would come out when
   * the whole program has run, which is the wait that is to be avoided.
   */
  private static Operand<TFloat64> readApart(Ops tf, StateVariable variable) {
    return tf.scope()
        .opBuilder("ReadVariableOp", "LatestStep")
        .addInput(variable.variable().asOutput())
        .setAttr("dtype", DataType.DT_DOUBLE)
        .setAttr("_XlaCompile", false)
        .build()
        .output(0);
  }
}
