package dev.loraplus.weights;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.tensorflow.types.TFloat32;

/** The weight source behind every file format: open files and where each tensor lies in them. */
final class FileWeights implements WeightSource {
  private final String description;
  private final Map<String, LocatedTensor> located;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, String> unreadable;
  private final List<WeightFile> files;

  /**
   * Takes over the open files.
   *
   * @param description the path
   * @param located the weights in the order of the file, names differing
   * @param unreadable names of tensors that are no weights, with their number format
   * @param files closed with this source
   */
  FileWeights(
      String description,
      Collection<LocatedTensor> located,
      Map<String, String> unreadable,
      List<WeightFile> files) {
    this.description = description;
    this.located = byName(description, located);
    this.unreadable = Map.copyOf(unreadable);
    this.files = List.copyOf(files);
    Map<String, StoredTensor> stored = new LinkedHashMap<>();
    this.located.forEach((name, tensor) -> stored.put(name, tensor.tensor()));
    this.tensors = Collections.unmodifiableMap(stored);
  }

  /** Runs {@code parse}; if it fails, closes the files opened so far. */
  static WeightSource closingOnFailure(List<WeightFile> opened, Supplier<WeightSource> parse) {
    try {
      return parse.get();
    } catch (RuntimeException | Error e) {
      opened.forEach(WeightFile::close);
      throw e;
    }
  }

  private static Map<String, LocatedTensor> byName(
      String description, Collection<LocatedTensor> located) {
    Map<String, LocatedTensor> result = new LinkedHashMap<>();
    for (LocatedTensor tensor : located) {
      if (result.put(tensor.tensor().name(), tensor) != null) {
        throw new WeightException(
            description + ": two tensors have the name '" + tensor.tensor().name() + "'");
      }
    }
    return result;
  }

  @Override
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  @Override
  public FrozenTensors frozen(Set<String> names) {
    return new MappedTensors(
        this,
        located.values().stream().filter(each -> names.contains(each.tensor().name())).toList());
  }

  @Override
  public TFloat32 read(String name) {
    return locate(name).read();
  }

  @Override
  public float[] readNumbers(String name, long... positions) {
    return locate(name).numbers(positions);
  }

  private LocatedTensor locate(String name) {
    LocatedTensor tensor = located.get(name);
    if (tensor != null) {
      return tensor;
    }
    String type = unreadable.get(name);
    throw new WeightException(
        type == null
            ? description + ": has no tensor '" + name + "'"
            : String.format(
                "%s: tensor '%s' is stored as %s; weights must be float32, float16 or bfloat16",
                description, name, type));
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    files.forEach(WeightFile::close);
  }
}
