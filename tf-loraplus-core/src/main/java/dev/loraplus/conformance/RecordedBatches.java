package dev.loraplus.conformance;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.weights.TensorFile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The batches of a file: input_ids, attention_mask, maybe token_type_ids, and labels. */
final class RecordedBatches {
  private RecordedBatches() {}

  /** The tokens under a prefix, without targets. */
  static Batch tokens(TensorFile file, String prefix) {
    return batch(file, prefix, new Targets.None());
  }

  /** The tokens under a prefix with the labels of a task. */
  static Batch labelled(TensorFile file, String prefix, Task task) {
    return batch(file, prefix, targets(file, prefix, task));
  }

  private static Batch batch(TensorFile file, String prefix, Targets targets) {
    List<Long> shape = file.shape(prefix + "input_ids");
    if (shape.size() != 2) {
      throw new ConfigurationException(
          prefix + "input_ids: must have the shape [rows, length], got " + shape);
    }
    int rows = Math.toIntExact(shape.get(0));
    int length = Math.toIntExact(shape.get(1));
    int[] ids = file.ints(prefix + "input_ids");
    int[] mask = matrix(file, prefix + "attention_mask", shape, 1);
    float[] weights = new float[rows];
    Arrays.fill(weights, 1);
    return new Batch(
        rows,
        length,
        ids,
        matrix(file, prefix + "token_type_ids", shape, 0),
        mask,
        new int[ids.length],
        targets,
        weights,
        rows,
        Arrays.stream(mask).sum(),
        Optional.empty());
  }

  /**
   * A matrix like the ids; as in transformers, one that is absent has the same value everywhere.
   */
  private static int[] matrix(TensorFile file, String name, List<Long> shape, int absent) {
    if (!file.shapes().containsKey(name)) {
      int[] values = new int[Math.toIntExact(shape.get(0) * shape.get(1))];
      Arrays.fill(values, absent);
      return values;
    }
    requireShape(file, name, shape);
    return file.ints(name);
  }

  private static Targets targets(TensorFile file, String prefix, Task task) {
    String name = prefix + "labels";
    List<Long> ids = file.shape(prefix + "input_ids");
    if (task instanceof Task.Classification classification) {
      requireShape(file, name, ids.subList(0, 1));
      int[] classes = file.ints(name);
      int count = classification.labels().size();
      for (int label : classes) {
        if (label < 0 || label >= count) {
          throw new ConfigurationException(
              String.format("%s: must be classes in [0, %d), got %d", name, count, label));
        }
      }
      return new Targets.ClassIds(classes);
    }
    if (task instanceof Task.Regression) {
      List<Long> shape = file.shape(name);
      if (!shape.equals(ids.subList(0, 1)) && !shape.equals(List.of(ids.get(0), 1L))) {
        throw wrongShape(name, ids.subList(0, 1), shape);
      }
      return new Targets.Scores(file.floats(name));
    }
    requireShape(file, name, ids);
    return new Targets.TokenLabels(rows(file.ints(name), Math.toIntExact(ids.get(1))));
  }

  private static int[][] rows(int[] values, int length) {
    int[][] rows = new int[values.length / length][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(values, row * length, (row + 1) * length));
    return rows;
  }

  private static void requireShape(TensorFile file, String name, List<Long> shape) {
    if (!file.shape(name).equals(shape)) {
      throw wrongShape(name, shape, file.shape(name));
    }
  }

  private static ConfigurationException wrongShape(
      String name, List<Long> wanted, List<Long> shape) {
    return new ConfigurationException(
        String.format("%s: must have the shape %s, got %s", name, wanted, shape));
  }
}
