package dev.loraplus.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * An op whose derivatives are wanted. While they are built, TensorFlow holds the lock of the graph:
 * whatever asks the graph, such as {@code op.inputs()} and {@code operand.shape()}, waits for ever.
 * Only what is here is known to be safe.
 *
 * @param tf builds ops beside those of the gradient
 * @param op the op
 * @param dys derivatives of the loss by each output of the op
 */
record OpCall(Ops tf, GraphOperation op, List<Output<?>> dys) {
  /** Input i; its type is only known to TensorFlow. */
  Operand<TNumber> input(int i) {
    return number(op.input(i));
  }

  int inputs() {
    return op.numInputs();
  }

  Operand<TNumber> output(int i) {
    return number(op.output(i));
  }

  /** The derivative by output i, zeros where the loss does not depend on it. */
  Operand<TNumber> dy(int i) {
    return dys.get(i).isClosed() ? tf.zerosLike(output(i)) : number(dys.get(i));
  }

  /** Whether output i surely adds nothing to the loss. */
  boolean isZero(int i) {
    return dys.get(i).isClosed() || dys.get(i).op().type().equals("ZerosLike");
  }

  /** Stands for an input without a derivative, such as indices. */
  Operand<?> none() {
    return NoGradient.operand();
  }

  /** The derivatives by all inputs where only the first has one. */
  List<Operand<?>> byFirst(Operand<?> dx) {
    List<Operand<?>> all = new ArrayList<>(Collections.nCopies(inputs(), none()));
    all.set(0, dx);
    return all;
  }

  long attribute(String name) {
    return op.attributes().getAttrInt(name);
  }

  /** An attribute of text; {@code getAttrString} reads on after its end. */
  static String text(GraphOperation op, String name) {
    return op.attributes().getAttrValueProto(name).getS().toStringUtf8();
  }

  /** A number of the type of x. */
  Operand<TNumber> like(Operand<TNumber> x, double value) {
    if (x.type().equals(TFloat32.class)) {
      return number(tf.constant((float) value));
    }
    Operand<TFloat64> constant = tf.constant(value);
    return tf.dtypes.cast(constant, x.type());
  }

  /** 1 where x is not zero, of the type of x. */
  Operand<TNumber> isNotZero(Operand<TNumber> x) {
    return tf.dtypes.cast(tf.math.notEqual(x, like(x, 0)), x.type());
  }

  /** Sums g, of the shape that x and other broadcast to, to the shape of x. */
  Operand<TNumber> sumTo(Operand<TNumber> g, Operand<TNumber> x, Operand<TNumber> other) {
    Operand<TInt32> shape = tf.shape(x);
    Operand<TInt32> axes = tf.broadcastGradientArgs(shape, tf.shape(other)).r0();
    return tf.reshape(tf.sum(g, axes), shape);
  }

  /** What TensorFlow Java types by the op's own class, seen as a tensor of some number. */
  @SuppressWarnings("unchecked")
  static Operand<TNumber> number(Operand<?> operand) {
    return (Operand<TNumber>) operand;
  }
}
