package dev.loraplus.serving;

import dev.loraplus.graph.Runs;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelOutputs;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.Products;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Stacks for a number of adapters and the one pass that uses them. Slot 0 is the base model. */
final class AdapterBank {
  private final BankLayout layout;
  private final int slots;
  private final Operand<TInt32> slot;
  private final Map<String, Stack> stacks = new LinkedHashMap<>();
  private final Map<String, Shape> items;
  private final ModelOutputs outputs;

  /** What every bank of a model stands on. */
  record Base(
      Architecture architecture, VariableStore store, ModelWeights weights, ModelInputs inputs) {}

  /**
   * Adds stacks and a pass to the graph.
   *
   * @param base the model
   * @param number makes the names of this bank unique
   * @param layout what the stacks can hold
   * @param slots adapters they can hold, and one
   * @param rows slot of each text, [texts]
   */
  AdapterBank(Base base, int number, BankLayout layout, int slots, Operand<TInt32> rows) {
    this.layout = layout;
    this.slots = slots;
    this.items = layout.items(base.architecture());
    String prefix = "bank" + number;
    Ops tf = base.store().tf().withSubScope(prefix);
    this.slot = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    items.forEach(
        (key, shape) ->
            stacks.put(key, new Stack(base.store(), prefix + "." + key, slots, shape, slot)));
    this.outputs =
        base.architecture()
            .forward(
                Layers.inference(
                    Products.exact(tf.withSubScope("predict")),
                    base.architecture(),
                    base.weights(),
                    new RowAdaptation(stacks, rows, slots)),
                base.inputs());
  }

  BankLayout layout() {
    return layout;
  }

  int slots() {
    return slots;
  }

  ModelOutputs outputs() {
    return outputs;
  }

  /** Gives the stacks their memory. */
  void clear(Session session) {
    if (!stacks.isEmpty()) {
      Session.Runner runner = session.runner();
      stacks.values().forEach(stack -> runner.addTarget(stack.clear()));
      Runs.run(runner).close();
    }
  }

  /** Fills one slot of every stack, in one run. */
  void fill(Session session, int wanted, Map<String, float[]> values) {
    if (stacks.isEmpty()) {
      return;
    }
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (TInt32 place = TInt32.scalarOf(wanted)) {
      Session.Runner runner = session.runner().feed(slot, place);
      stacks.forEach(
          (key, stack) -> {
            TFloat32 tensor =
                TFloat32.tensorOf(
                    Objects.requireNonNull(items.get(key)),
                    DataBuffers.of(Objects.requireNonNull(values.get(key))));
            tensors.put(key, tensor);
            runner.feed(stack.item(), tensor).addTarget(stack.update());
          });
      Runs.run(runner).close();
    } finally {
      tensors.values().forEach(TFloat32::close);
    }
  }

  /** Frees the stacks; the pass cannot run any more. */
  void destroy(Session session) {
    if (!stacks.isEmpty()) {
      Session.Runner runner = session.runner();
      stacks.values().forEach(stack -> runner.addTarget(stack.destroy()));
      Runs.run(runner).close();
    }
  }
}
