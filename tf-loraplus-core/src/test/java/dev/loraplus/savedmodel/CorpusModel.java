package dev.loraplus.savedmodel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A SavedModel of the corpus with what Python's TensorFlow computes with it. */
public record CorpusModel(String name, JsonNode example) {
  private static final Path RESOURCES = Path.of("src", "test", "resources", "savedmodels");

  /** Computes in float16. */
  public static final String HALF = "half";

  /** Computes in bfloat16. */
  public static final String MIXED = "mixed";

  /**
   * Written so that TensorFlow alone cannot serve it from Java: its restore op misses variables.
   */
  public static final String PLAIN_SAVE = "plain-save";

  /** Whether it computes in numbers that are too coarse for most comparisons. */
  public boolean isCoarse() {
    return name.equals(MIXED) || name.equals(HALF);
  }

  /** Every model: the one place that lists them. */
  public static List<String> names() {
    return List.of(
        "mlp",
        "transformer",
        "convnet",
        "gru",
        "keras2",
        "strings",
        "vocabulary-file",
        MIXED,
        HALF,
        "tied",
        "embedding",
        "gaps",
        PLAIN_SAVE,
        "tf1");
  }

  /** The model of a name. */
  public static CorpusModel of(String name) {
    try {
      Path file = RESOURCES.resolve(name).resolve("example.json");
      return new CorpusModel(name, new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The SavedModel. */
  public Path directory() {
    return RESOURCES.resolve(name);
  }

  /** A batch, by input key. */
  public Map<String, Tensor> inputs() {
    return tensors(example.get("inputs"));
  }

  /** What Python gives for the batch, by output key. */
  public Map<String, Tensor> outputs() {
    return tensors(example.get("outputs"));
  }

  /** Labels or scores of the batch. */
  public Tensor labels() {
    return tensor(example.get("loss").get("labels"));
  }

  /** {@code logits}, {@code probabilities} and the like. */
  public String lossKind() {
    return example.get("loss").get("kind").asText();
  }

  /** The output that the loss is of. */
  public String lossOutput() {
    return example.get("loss").get("output").asText();
  }

  /** Python's loss. */
  public double loss() {
    return example.get("loss").get("value").asDouble();
  }

  /** Python's derivative of the loss by a variable. */
  public float[] gradient(String variable) {
    return floats(example.get("gradients").get(variable));
  }

  private static Map<String, Tensor> tensors(JsonNode node) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    node.properties().forEach(field -> tensors.put(field.getKey(), tensor(field.getValue())));
    return tensors;
  }

  private static Tensor tensor(JsonNode node) {
    List<Long> sizes = new ArrayList<>();
    node.get("shape").forEach(size -> sizes.add(size.asLong()));
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    JsonNode values = node.get("values");
    int[] next = {0};
    return switch (node.get("dtype").asText()) {
      case "float32" ->
          TFloat32.tensorOf(
              shape,
              t -> t.scalars().forEach(s -> s.setFloat((float) values.get(next[0]++).asDouble())));
      case "int32" ->
          TInt32.tensorOf(
              shape, t -> t.scalars().forEach(s -> s.setInt(values.get(next[0]++).asInt())));
      case "int64" ->
          TInt64.tensorOf(
              shape, t -> t.scalars().forEach(s -> s.setLong(values.get(next[0]++).asLong())));
      case "string" -> {
        NdArray<String> texts = NdArrays.ofObjects(String.class, shape);
        texts.scalars().forEach(s -> s.setObject(values.get(next[0]++).asText()));
        yield TString.tensorOf(texts);
      }
      default -> throw new IllegalStateException("dtype " + node.get("dtype"));
    };
  }

  private static float[] floats(JsonNode node) {
    JsonNode values = node.get("values");
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }
}
