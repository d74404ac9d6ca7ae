package dev.loraplus.model;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.weights.FrozenTensors;
import dev.loraplus.weights.StoredTensor;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * The base model's parameters as variables of one graph, each tied to its stored tensor. It is
 * closed after the graph's sessions, since variables may be pages of the checkpoint's files.
 */
public final class ModelWeights implements AutoCloseable {
  /**
   * A parameter in the graph.
   *
   * @param spec name, checkpoint shape and kind
   * @param variable holds it, in the stored layout
   * @param stored where its value comes from; null for a fresh head
   */
  public record Entry(
      ParameterSpec spec, ResourceVariable variable, @Nullable StoredTensor stored) {
    /**
     * Whether the variable holds the transpose of the checkpoint shape.
     *
     * @return true for [in, out] kernels
     */
    public boolean transposed() {
      return stored != null && stored.transposed();
    }

    /**
     * Whether the variable of a linear weight is [in, out] instead of [out, in].
     *
     * @return true for x W, false for x W^T
     */
    public boolean inputsFirst() {
      return transposed() != (spec.kind() == ParameterKind.CONV1D_WEIGHT);
    }
  }

  private final WeightSource source;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private @Nullable FrozenTensors frozen;

  /**
   * Declares a variable for every parameter of an architecture.
   *
   * @param store where the variables are made
   * @param architecture names and shapes
   * @param source the checkpoint; it must stay open until the values are loaded
   * @throws WeightException if a tensor is missing or has another shape, listing all such tensors
   */
  public ModelWeights(VariableStore store, Architecture architecture, WeightSource source) {
    this(store, architecture, source, spec -> false);
  }

  /**
   * Declares a variable for every parameter of an architecture, narrow ones for some matrices.
   *
   * @param store where the variables are made
   * @param architecture names and shapes
   * @param source the checkpoint; it must stay open until the values are loaded
   * @param narrow which parameters are kept in bfloat16
   * @throws WeightException if a tensor is missing or has another shape, listing all such tensors
   */
  public ModelWeights(
      VariableStore store,
      Architecture architecture,
      WeightSource source,
      Predicate<ParameterSpec> narrow) {
    this.source = source;
    List<String> faults = new ArrayList<>();
    for (ModuleSpec module : architecture.modules()) {
      boolean head = architecture.head().stream().anyMatch(path -> within(module.path(), path));
      for (ParameterSpec spec : module.parameters()) {
        StoredTensor stored = find(source, spec, architecture.basePrefix());
        String fault = fault(spec, stored, head);
        if (fault != null) {
          faults.add(fault);
          continue;
        }
        Shape shape = stored == null ? spec.shape() : stored.storedShape();
        ResourceVariable variable =
            narrow.test(spec)
                ? store.createNarrow(spec.name(), shape)
                : store.create(spec.name(), shape);
        entries.put(spec.name(), new Entry(spec, variable, stored));
      }
    }
    if (!faults.isEmpty()) {
      throw new WeightException(source.description() + ": " + String.join("; ", faults));
    }
  }

  /**
   * Looks a parameter up.
   *
   * @param name module path and parameter
   * @return the parameter
   */
  public Entry get(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("the model has no parameter '" + name + "'");
    }
    return entry;
  }

  /**
   * All parameters in the order of the architecture.
   *
   * @return a copy
   */
  public List<Entry> all() {
    return List.copyOf(entries.values());
  }

  /**
   * Parameters that the checkpoint lacks and that start fresh.
   *
   * @return their names
   */
  public List<String> fresh() {
    return entries.values().stream()
        .filter(entry -> entry.stored() == null)
        .map(entry -> entry.spec().name())
        .toList();
  }

  /**
   * Reads the starting value of a parameter; the caller closes the tensor.
   *
   * @param entry a parameter of this model
   * @param seed decides the values of a fresh head
   * @return a tensor of the variable's shape
   */
  public TFloat32 initialValue(Entry entry, long seed) {
    StoredTensor stored = entry.stored();
    return stored == null ? FreshParameters.create(entry.spec(), seed) : source.read(stored.name());
  }

  /**
   * Reads some numbers of a tensor of the checkpoint, and no others where the file allows it.
   *
   * @param stored of one of the {@linkplain #all entries}
   * @param positions which numbers, counted row by row in the stored layout
   * @return the numbers, in the order of the positions
   */
  public float[] storedNumbers(StoredTensor stored, long... positions) {
    return source.readNumbers(stored.name(), positions);
  }

  /**
   * Reads the starting values of many parameters; the caller assigns and closes the tensors.
   *
   * @param seed decides the values of a fresh head
   * @param wanted which parameters
   * @param unchanging those whose variables nothing ever changes in place; their tensors may be
   *     pages of the checkpoint's files and must not be written to
   * @return tensors of the variables' shapes
   */
  public Map<ResourceVariable, TFloat32> initialValues(
      long seed, Predicate<Entry> wanted, Predicate<Entry> unchanging) {
    // A narrow variable keeps a rounded copy.
    Predicate<Entry> shared =
        wanted.and(unchanging).and(e -> e.stored() != null && !e.variable().isNarrow());
    Set<String> names = new HashSet<>();
    for (Entry entry : entries.values()) {
      if (entry.stored() != null && shared.test(entry)) {
        names.add(entry.stored().name());
      }
    }
    if (names.isEmpty()) {
      return read(wanted, entry -> initialValue(entry, seed));
    }
    FrozenTensors files = source.frozen(names);
    try {
      Map<ResourceVariable, TFloat32> values =
          read(
              wanted,
              entry ->
                  entry.stored() != null && shared.test(entry)
                      ? files.read(entry.stored().name())
                      : initialValue(entry, seed));
      close();
      frozen = files;
      return values;
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  private Map<ResourceVariable, TFloat32> read(
      Predicate<Entry> wanted, Function<Entry, TFloat32> reader) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    try {
      for (Entry entry : entries.values()) {
        if (wanted.test(entry)) {
          values.put(entry.variable(), reader.apply(entry));
        }
      }
      return values;
    } catch (RuntimeException | Error e) {
      values.values().forEach(TFloat32::close);
      throw e;
    }
  }

  /** Lets the checkpoint's files go that variables may be pages of. */
  @Override
  public void close() {
    FrozenTensors old = frozen;
    frozen = null;
    if (old != null) {
      old.close();
    }
  }

  private static @Nullable StoredTensor find(
      WeightSource source, ParameterSpec spec, String basePrefix) {
    StoredTensor exact = source.tensors().get(spec.name());
    if (exact != null || !spec.name().startsWith(basePrefix + ".")) {
      return exact;
    }
    return source.tensors().get(spec.name().substring(basePrefix.length() + 1));
  }

  private static @Nullable String fault(
      ParameterSpec spec, @Nullable StoredTensor stored, boolean head) {
    if (stored == null) {
      return head ? null : "the tensor '" + spec.name() + "' is missing";
    }
    if (!stored.shape().equals(spec.shape())) {
      return String.format(
          "the tensor '%s' must have the shape %s, got %s",
          stored.name(), spec.shape(), stored.shape());
    }
    return null;
  }

  private static boolean within(String path, String root) {
    return path.equals(root) || path.startsWith(root + ".");
  }
}
