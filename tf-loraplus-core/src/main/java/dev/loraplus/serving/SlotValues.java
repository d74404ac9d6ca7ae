package dev.loraplus.serving;

import static dev.loraplus.serving.BankLayout.a;
import static dev.loraplus.serving.BankLayout.b;
import static dev.loraplus.serving.BankLayout.shift;
import static dev.loraplus.serving.BankLayout.stretch;

import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.export.StoredAdapter;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.model.ModuleSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * The numbers of one slot. The scaling s goes into B, and what an adapter has less than the bank is
 * zero: h = W0 x + B' A x with B' = s B and A, B' padded to the bank's rank. A DoRA is
 *
 * <pre>h = g (W0 x + s B A x) = W0 x + (g - 1) W0 x + B' A x,  B' = diag(g) s B</pre>
 *
 * where g = m / |W0 + s B A| does not depend on x.
 */
final class SlotValues {
  private final Architecture architecture;
  private final ModelWeights weights;

  SlotValues(Architecture architecture, ModelWeights weights) {
    this.architecture = architecture;
    this.weights = weights;
  }

  /** Numbers for every stack of the layout; without an adapter the base model's. */
  Map<String, float[]> of(BankLayout layout, Optional<StoredAdapter> adapter) {
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, Shape> items = layout.items(architecture);
    items.forEach(
        (key, shape) ->
            values.put(
                key,
                layout.owned().contains(key)
                    ? BaseNumbers.of(weights, key)
                    : new float[Math.toIntExact(shape.size())]));
    adapter.ifPresent(stored -> put(values, layout, stored));
    return values;
  }

  private void put(Map<String, float[]> values, BankLayout layout, StoredAdapter adapter) {
    for (PlannedAdapter planned : adapter.plan().adapters()) {
      String path = planned.module().path();
      int room = layout.ranks().getOrDefault(path, 0);
      if (planned.module() instanceof ModuleSpec.Embedding) {
        putEmbedding(values, adapter, planned, room);
      } else {
        putLinear(values, adapter, planned, room);
      }
    }
    BankLayout.of(adapter.plan()).owned().forEach(key -> values.put(key, adapter.values(key)));
  }

  private static void putEmbedding(
      Map<String, float[]> values, StoredAdapter adapter, PlannedAdapter planned, int room) {
    String path = planned.module().path();
    int rank = planned.settings().rank();
    float[] stored = adapter.values(path + ".lora_embedding_A");
    int count = stored.length / rank;
    float[] columns = new float[count * room];
    for (int k = 0; k < rank; k++) {
      for (int i = 0; i < count; i++) {
        columns[i * room + k] = stored[k * count + i];
      }
    }
    float[] scaled =
        Floats.scaled(adapter.values(path + ".lora_embedding_B"), planned.settings().scaling());
    values.put(a(path), columns);
    values.put(b(path), Floats.widened(scaled, rank, room));
  }

  private void putLinear(
      Map<String, float[]> values, StoredAdapter adapter, PlannedAdapter planned, int room) {
    String path = planned.module().path();
    int rank = planned.settings().rank();
    double s = planned.settings().scaling();
    float[] rows = adapter.values(path + ".lora_A.weight");
    float[] columns = Floats.scaled(adapter.values(path + ".lora_B.weight"), s);
    if (planned.settings().variant() == LoraVariant.B_BIAS) {
      values.put(shift(path), Floats.scaled(adapter.values(path + ".lora_B.bias"), s));
    }
    if (planned.settings().variant() == LoraVariant.DORA) {
      float[] m = adapter.values(path + ".lora_magnitude_vector");
      float[] norms =
          BaseNumbers.adaptedNorms(weights.get(path + ".weight"), weights, rows, columns);
      float[] g = new float[m.length];
      float[] change = new float[m.length];
      for (int o = 0; o < m.length; o++) {
        g[o] = m[o] / norms[o];
        change[o] = g[o] - 1;
      }
      columns = Floats.scaledRows(columns, g);
      values.put(stretch(path), change);
    }
    float[] padded = new float[rows.length / rank * room];
    System.arraycopy(rows, 0, padded, 0, rows.length);
    values.put(a(path), padded);
    values.put(b(path), Floats.widened(columns, rank, room));
  }
}
