package dev.loraplus.serving;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A variable of [slots, ...] with the ops that fill one slot. */
final class Stack {
  private final ResourceVariable variable;
  private final Operand<TFloat32> item;
  private final Op clear;
  private final Op update;
  private final Op destroy;

  Stack(VariableStore store, String name, int slots, Shape shape, Operand<TInt32> slot) {
    Shape all = Shape.of(slots).append(shape);
    this.variable = store.create(name, all);
    Ops tf = store.tf().withSubScope("fill");
    this.item = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    this.clear =
        tf.assignVariableOp(
            variable.handle(), tf.fill(tf.constant(all.asArray()), tf.constant(0.0f)));
    // A scatter into the resource itself would make every later read a copy.
    Operand<TFloat32> filled =
        tf.tensorScatterNdUpdate(
            variable.value(),
            tf.reshape(slot, tf.constant(new int[] {1, 1})),
            tf.expandDims(item, tf.constant(0)));
    this.update = tf.assignVariableOp(variable.handle(), filled);
    this.destroy = tf.destroyResourceOp(variable.handle());
  }

  /** The whole stack, [slots, ...]. */
  Operand<TFloat32> value() {
    return variable.value();
  }

  /** Where the value of the slot is fed. */
  Operand<TFloat32> item() {
    return item;
  }

  /** Gives the stack its memory, all zeros. */
  Op clear() {
    return clear;
  }

  Op update() {
    return update;
  }

  /** Frees the memory; the variable cannot be read any more. */
  Op destroy() {
    return destroy;
  }
}
