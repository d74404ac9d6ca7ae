package dev.loraplus.serving;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.ModelInputs;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Which adapter is at work: a number in the graph that all texts take their slot from, unless each
 * is given one. Not safe for several threads: the model's lock is around it.
 */
final class AdapterSwitch {
  private final ResourceVariable active;
  private final Operand<TInt32> rows;
  private String chosen = ServedModel.BASE;
  private boolean enabled = true;

  AdapterSwitch(VariableStore store, ModelInputs inputs) {
    active = store.create("active_adapter", Shape.scalar());
    rows = rows(store.tf().withSubScope("inputs"), inputs);
  }

  /** The slot of each text: fed, or for all texts the one that is switched to. */
  private Operand<TInt32> rows(Ops tf, ModelInputs inputs) {
    Operand<TInt32> texts =
        tf.slice(tf.shape(inputs.ids()), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> all = tf.fill(texts, tf.dtypes.cast(active.value(), TInt32.class));
    return tf.withName("adapter_slots").placeholderWithDefault(all, Shape.of(-1));
  }

  /** The variable, which starts at slot 0. */
  ResourceVariable variable() {
    return active;
  }

  /** The slot of each text, [texts]. */
  Operand<TInt32> rows() {
    return rows;
  }

  /** The name of the adapter at work, or {@link ServedModel#BASE}. */
  String active() {
    return enabled ? chosen : ServedModel.BASE;
  }

  boolean isChosen(String name) {
    return chosen.equals(name);
  }

  /** Sets an adapter to work, and enables adapters. */
  void switchTo(Session session, AdapterSlots slots, String name) {
    slots.slot(name);
    enabled = true;
    choose(session, slots, name);
  }

  /** Says which adapter works while adapters are enabled. */
  void choose(Session session, AdapterSlots slots, String name) {
    chosen = name;
    assign(session, slots);
  }

  /** Sets the base model to work. */
  void disable(Session session, AdapterSlots slots) {
    enabled = false;
    assign(session, slots);
  }

  /** Sets the chosen adapter to work again. */
  void enable(Session session, AdapterSlots slots) {
    enabled = true;
    assign(session, slots);
  }

  private void assign(Session session, AdapterSlots slots) {
    try (TFloat32 slot = TFloat32.scalarOf(slots.slot(active()))) {
      VariableStore.assign(session, Map.of(active, slot));
    }
  }
}
