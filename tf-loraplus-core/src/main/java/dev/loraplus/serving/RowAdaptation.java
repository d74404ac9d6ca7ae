package dev.loraplus.serving;

import dev.loraplus.model.Adaptation;
import dev.loraplus.model.Layers;
import dev.loraplus.model.ModuleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Another adapter for each text of a batch: with i(n) the slot of text n,
 *
 * <pre>h[n] = W0 x[n] + B'[i(n)] A[i(n)] x[n]</pre>
 *
 * as two batched products over gathered matrices. The rows of every x are ordered by text, so that
 * [rows, dim] is [texts, rows / texts, dim].
 */
final class RowAdaptation implements Adaptation {
  private final Map<String, Stack> stacks;
  private final Operand<TInt32> slots;
  private final int capacity;

  /**
   * Adapts by stacks.
   *
   * @param stacks the matrices by the names of {@link BankLayout#items}
   * @param slots i(n), [texts]
   * @param capacity slots of each stack
   */
  RowAdaptation(Map<String, Stack> stacks, Operand<TInt32> slots, int capacity) {
    this.stacks = stacks;
    this.slots = slots;
    this.capacity = capacity;
  }

  @Override
  public Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    String path = module.path();
    Ops tf = layers.tf();
    if (stacks.containsKey(path + ".weight")) {
      return owned(tf, module, input, output);
    }
    boolean pair = stacks.containsKey(BankLayout.a(path));
    boolean bias = stacks.containsKey(path + ".bias");
    if (!pair && !bias) {
      return output;
    }
    Operand<TFloat32> y = byText(tf, output, module.out());
    Operand<TFloat32> h = y;
    if (pair) {
      h = tf.math.add(h, lowRank(tf, module, byText(tf, input, module.in())));
    }
    if (stacks.containsKey(BankLayout.shift(path))) {
      h = tf.math.add(h, vectors(tf, BankLayout.shift(path)));
    }
    if (stacks.containsKey(BankLayout.stretch(path))) {
      Operand<TFloat32> product =
          module.bias() ? tf.math.sub(y, layers.parameter(path + ".bias")) : y;
      h = tf.math.add(h, tf.math.mul(product, vectors(tf, BankLayout.stretch(path))));
    }
    if (bias) {
      // b[i(n)] stands for the b0 that the product holds.
      Operand<TFloat32> base = layers.parameter(path + ".bias");
      h = tf.math.add(h, tf.math.sub(vectors(tf, path + ".bias"), base));
    }
    return tf.reshape(h, tf.shape(output));
  }

  /** B' A x, [texts, rows, out]. */
  private Operand<TFloat32> lowRank(Ops tf, ModuleSpec module, Operand<TFloat32> x) {
    Operand<TFloat32> ax =
        product(tf, x, tf.gather(value(BankLayout.a(module.path())), slots, tf.constant(0)));
    return product(tf, ax, tf.gather(value(BankLayout.b(module.path())), slots, tf.constant(0)));
  }

  /** x M^T for each text. */
  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> matrices) {
    return tf.train.batchMatMul(x, matrices, TFloat32.class, BatchMatMul.adjY(true));
  }

  /**
   * A layer that adapters train in full. Texts are sorted by slot and each product is taken once,
   * since a weight for each text would be a copy of the weight for each text.
   */
  private Operand<TFloat32> owned(
      Ops tf, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output) {
    Operand<TFloat32> x = byText(tf, input, module.in());
    Operand<TInt32> texts = tf.range(tf.constant(0), tf.size(slots), tf.constant(1));
    List<Operand<TFloat32>> parts =
        new ArrayList<>(tf.dynamicPartition(x, slots, (long) capacity).outputs());
    List<Operand<TInt32>> places =
        new ArrayList<>(tf.dynamicPartition(texts, slots, (long) capacity).outputs());
    List<Operand<TFloat32>> products = new ArrayList<>();
    boolean outputsFirst = module.layout() == ModuleSpec.Layout.OUT_IN;
    for (int slot = 0; slot < capacity; slot++) {
      Operand<TFloat32> weight =
          tf.gather(value(module.path() + ".weight"), tf.constant(slot), tf.constant(0));
      Operand<TFloat32> rows =
          tf.reshape(parts.get(slot), tf.constant(new int[] {-1, module.in()}));
      Operand<TFloat32> y = tf.linalg.matMul(rows, weight, MatMul.transposeB(outputsFirst));
      products.add(tf.reshape(y, shape(tf, places.get(slot), perText(tf, input), module.out())));
    }
    Operand<TFloat32> h = tf.dynamicStitch(places, products);
    if (module.bias()) {
      h = tf.math.add(h, vectors(tf, module.path() + ".bias"));
    }
    return tf.reshape(h, tf.shape(output));
  }

  @Override
  public Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output) {
    Ops tf = layers.tf();
    String table = module.path() + ".weight";
    if (stacks.containsKey(table)) {
      return pick(tf, value(table), indices, module.count(), module.dim());
    }
    if (!stacks.containsKey(BankLayout.a(module.path()))) {
      return output;
    }
    Operand<TFloat32> columns = value(BankLayout.a(module.path()));
    int rank = Math.toIntExact(columns.shape().get(2));
    Operand<TFloat32> picked = pick(tf, columns, indices, module.count(), rank);
    Operand<TFloat32> b = tf.gather(value(BankLayout.b(module.path())), slots, tf.constant(0));
    return tf.math.add(output, product(tf, picked, b));
  }

  /** Rows of each text's own table, [texts, length, width]; indices may be [length]. */
  private Operand<TFloat32> pick(
      Ops tf, Operand<TFloat32> tables, Operand<? extends TNumber> indices, int count, int width) {
    Operand<TFloat32> flat = tf.reshape(tables, tf.constant(new int[] {-1, width}));
    Operand<TInt32> starts = tf.expandDims(tf.math.mul(slots, tf.constant(count)), tf.constant(1));
    Operand<TInt32> rows = tf.math.add(starts, tf.dtypes.cast(indices, TInt32.class));
    return tf.gather(flat, rows, tf.constant(0));
  }

  @Override
  public Operand<TFloat32> vector(
      Layers layers, String name, Operand<TFloat32> value, Operand<TFloat32> input) {
    if (!stacks.containsKey(name)) {
      return value;
    }
    Ops tf = layers.tf();
    int dim = Math.toIntExact(value.shape().get(0));
    Operand<TFloat32> wide = tf.broadcastTo(vectors(tf, name), tf.shape(byText(tf, input, dim)));
    return tf.reshape(wide, tf.shape(input));
  }

  /** Each text's vector, [texts, 1, dim]. */
  private Operand<TFloat32> vectors(Ops tf, String key) {
    return tf.expandDims(tf.gather(value(key), slots, tf.constant(0)), tf.constant(1));
  }

  /** [rows, dim] as [texts, rows / texts, dim]. */
  private Operand<TFloat32> byText(Ops tf, Operand<TFloat32> x, int dim) {
    Operand<TInt32> shape =
        tf.concat(List.of(tf.shape(slots), tf.constant(new int[] {-1, dim})), tf.constant(0));
    return tf.reshape(x, shape);
  }

  /** Rows of x for each text. */
  private Operand<TInt32> perText(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> rows = tf.gather(tf.shape(x), tf.constant(0), tf.constant(0));
    return tf.math.div(rows, tf.size(slots));
  }

  private static Operand<TInt32> shape(
      Ops tf, Operand<TInt32> texts, Operand<TInt32> perText, int dim) {
    return tf.stack(List.of(tf.size(texts), perText, tf.constant(dim)));
  }

  private Operand<TFloat32> value(String key) {
    return Objects.requireNonNull(stacks.get(key), key).value();
  }
}
