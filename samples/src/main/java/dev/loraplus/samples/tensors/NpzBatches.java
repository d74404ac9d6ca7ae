package dev.loraplus.samples.tensors;

import dev.loraplus.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;

/** Batches of a {@code .npz} whose arrays are named as the inputs of a model. */
public final class NpzBatches {
  private final Map<String, NpyArray> arrays;
  private final Map<String, DataType> types;
  private final int rows;

  /**
   * Reads a file.
   *
   * @param file has an array for each input and one for the labels
   * @param types type of each of them, by name
   * @throws DataException if an array is missing, unknown or of another length
   */
  public NpzBatches(Path file, Map<String, DataType> types) {
    this.arrays = NpzFile.read(file);
    this.types = Map.copyOf(types);
    if (!arrays.keySet().equals(types.keySet())) {
      throw new DataException(
          String.format(
              "%s: must hold the arrays %s, has %s",
              file, new TreeSet<>(types.keySet()), arrays.keySet()));
    }
    int[] lengths = arrays.values().stream().mapToInt(NpyArray::rows).distinct().toArray();
    if (lengths.length != 1 || lengths[0] == 0) {
      throw new DataException(
          file + ": the arrays must have the same number of examples, at least 1");
    }
    rows = lengths[0];
  }

  /**
   * Examples.
   *
   * @return at least 1
   */
  public int rows() {
    return rows;
  }

  /**
   * One pass over the data in a random order.
   *
   * @param size examples of a batch; the last one may have fewer
   * @param seed decides the order
   * @return row numbers of each batch
   */
  public List<int[]> epoch(int size, long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < rows; start += size) {
      batches.add(
          order.subList(start, Math.min(rows, start + size)).stream()
              .mapToInt(Integer::intValue)
              .toArray());
    }
    return batches;
  }

  /**
   * The tensors of a batch.
   *
   * @param rowNumbers of {@link #epoch}
   * @return tensors by name, which the caller closes
   */
  public Map<String, Tensor> tensors(int[] rowNumbers) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    types.forEach(
        (name, type) -> {
          NpyArray array = arrays.get(name);
          if (array != null) {
            tensors.put(name, array.rows(rowNumbers, type));
          }
        });
    return tensors;
  }
}
