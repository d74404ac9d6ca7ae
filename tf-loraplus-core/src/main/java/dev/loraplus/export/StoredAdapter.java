package dev.loraplus.export;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import dev.loraplus.model.ParameterSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * An adapter in memory, apart from any model: where it attaches and the numbers that training gave
 * it, in the checkpoint's layout.
 */
public final class StoredAdapter {
  private final AdapterPlan plan;
  private final Map<String, float[]> values;

  /**
   * An adapter of these numbers.
   *
   * @param plan where it attaches
   * @param values row by row under each name of {@link #shapes}; not copied
   */
  public StoredAdapter(AdapterPlan plan, Map<String, float[]> values) {
    this.plan = plan;
    this.values = new LinkedHashMap<>(values);
  }

  /**
   * The parameters that a plan trains, in the shapes that peft's files give them.
   *
   * @param plan where an adapter attaches
   * @param architecture the network
   * @return shapes by module path and parameter, such as {@code ...query.lora_A.weight}
   */
  public static Map<String, Shape> shapes(AdapterPlan plan, Architecture architecture) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    plan.adapters().forEach(adapter -> putPair(shapes, adapter));
    for (ModuleSpec module : plan.savedModules()) {
      module.parameters().forEach(spec -> shapes.put(spec.name(), spec.shape()));
    }
    Set<String> biases = Set.copyOf(plan.biases());
    architecture.modules().stream()
        .flatMap(module -> module.parameters().stream())
        .filter(spec -> biases.contains(spec.name()))
        .forEach((ParameterSpec spec) -> shapes.put(spec.name(), spec.shape()));
    return shapes;
  }

  private static void putPair(Map<String, Shape> shapes, PlannedAdapter adapter) {
    String path = adapter.module().path();
    LoraSettings settings = adapter.settings();
    int rank = settings.rank();
    if (adapter.module() instanceof ModuleSpec.Embedding table) {
      shapes.put(path + ".lora_embedding_A", Shape.of(rank, table.count()));
      shapes.put(path + ".lora_embedding_B", Shape.of(table.dim(), rank));
    } else if (adapter.module() instanceof ModuleSpec.Linear linear) {
      shapes.put(path + ".lora_A.weight", Shape.of(rank, linear.in()));
      shapes.put(path + ".lora_B.weight", Shape.of(linear.out(), rank));
      if (settings.variant() == LoraVariant.B_BIAS) {
        shapes.put(path + ".lora_B.bias", Shape.of(linear.out()));
      }
      if (settings.variant() == LoraVariant.DORA) {
        shapes.put(path + ".lora_magnitude_vector", Shape.of(linear.out()));
      }
    } else {
      throw new IllegalArgumentException("no adapter fits the module " + path);
    }
  }

  /**
   * Where the adapter attaches.
   *
   * @return the plan
   */
  public AdapterPlan plan() {
    return plan;
  }

  /**
   * The numbers of a parameter, row by row.
   *
   * @param name module path and parameter
   * @return a copy
   * @throws IllegalArgumentException if the adapter has no such parameter
   */
  public float[] values(String name) {
    float[] numbers = values.get(name);
    if (numbers == null) {
      throw new IllegalArgumentException("the adapter has no parameter '" + name + "'");
    }
    return Arrays.copyOf(numbers, numbers.length);
  }
}
