package dev.loraplus.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;

/** Writes the variables of a SavedModel with TensorFlow's own SaveV2, an independent writer. */
final class SavedModelFixture {
  private final Path directory;
  private final Graph graph = new Graph();
  final Ops tf = Ops.create(graph);
  private final Map<String, Operand<?>> variables = new LinkedHashMap<>();
  private final Map<String, String> slices = new LinkedHashMap<>();

  SavedModelFixture(Path directory) {
    this.directory = directory;
  }

  SavedModelFixture with(String name, Operand<?> value) {
    variables.put(name, value);
    return this;
  }

  SavedModelFixture withSlice(String name, String slice, Operand<?> value) {
    slices.put(name, slice);
    return with(name, value);
  }

  /** A small BERT in each number format, with a counter that is no weight. */
  static Path write(Path directory) throws IOException {
    SavedModelFixture fixture = new SavedModelFixture(directory);
    Ops tf = fixture.tf;
    Operand<TFloat32> matrix = tf.constant(new float[][] {{0, 0.5f, 1}, {1.5f, 2, 2.5f}});
    fixture
        .with("global_step", tf.constant(5L))
        .with("module/bert/embeddings/word_embeddings", matrix)
        .with("module/bert/encoder/layer_0/intermediate/dense/kernel", matrix)
        .with(
            "module/bert/encoder/layer_0/intermediate/dense/bias",
            tf.dtypes.cast(tf.constant(new float[] {0.25f, -8, 3}), TFloat16.class))
        .with(
            "module/bert/encoder/layer_0/output/LayerNorm/gamma",
            tf.dtypes.cast(tf.constant(new float[] {1.5f, -3}), TBfloat16.class))
        .with("other/scale", tf.constant(0.125f));
    return fixture.save();
  }

  Path save() throws IOException {
    Files.createDirectories(directory.resolve("variables"));
    Files.createFile(directory.resolve("saved_model.pb"));
    List<String> names = new ArrayList<>(variables.keySet());
    String[] slice = names.stream().map(n -> slices.getOrDefault(n, "")).toArray(String[]::new);
    Op save =
        tf.train.save(
            tf.constant(directory.resolve("variables/variables").toString()),
            tf.constant(NdArrays.vectorOfObjects(names.toArray(String[]::new))),
            tf.constant(NdArrays.vectorOfObjects(slice)),
            List.copyOf(variables.values()));
    try (graph;
        Session session = new Session(graph)) {
      session.runner().addTarget(save).run().close();
    }
    return directory;
  }
}
