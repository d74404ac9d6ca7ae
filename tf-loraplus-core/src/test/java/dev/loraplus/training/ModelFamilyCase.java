package dev.loraplus.training;

import dev.loraplus.config.Pooling;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.weights.WeightSource;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.types.TFloat32;

/**
 * A model with what transformers gives for a batch, made by model_logits.py.
 *
 * @param name ends with its task
 * @param tensors the numbers of expected.safetensors
 * @param length tokens of a row
 */
record ModelFamilyCase(String name, Map<String, float[]> tensors, int length) {
  private static final String GRADIENT = "grad.";

  static ModelFamilyCase read(String name) {
    Map<String, float[]> tensors = new TreeMap<>();
    int length = 0;
    try (WeightSource source = WeightSource.open(directory(name).resolve("expected.safetensors"))) {
      for (String key : source.tensors().keySet()) {
        try (TFloat32 tensor = source.read(key)) {
          tensors.put(key, numbers(tensor));
          length = key.equals("input_ids") ? (int) tensor.shape().get(1) : length;
        }
      }
    }
    return new ModelFamilyCase(name, tensors, length);
  }

  static Path directory(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ModelFamilyCase.class.getResource("/models/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static float[] numbers(TFloat32 tensor) {
    float[] numbers = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }

  boolean masked() {
    return name.endsWith("-mlm");
  }

  Task task() {
    if (masked()) {
      return new Task.MaskedLanguageModel();
    }
    if (!name.endsWith("-cls")) {
      return new Task.CausalLanguageModel();
    }
    boolean encoder = name.startsWith("roberta") || name.startsWith("distilbert");
    return new Task.Classification(
        List.of("a", "b", "c"), encoder ? Pooling.CLS_POOLER : Pooling.LAST_TOKEN);
  }

  float[] expected(String key) {
    return Objects.requireNonNull(tensors.get(key), key);
  }

  /** Names of the weights whose gradients are known. */
  List<String> gradients() {
    return tensors.keySet().stream()
        .filter(key -> key.startsWith(GRADIENT))
        .map(key -> key.substring(GRADIENT.length()))
        .toList();
  }

  float[] gradient(String weight) {
    return expected(GRADIENT + weight);
  }

  Batch batch() {
    int[] ids = ints("input_ids");
    int[] mask = ints("attention_mask");
    int rows = ids.length / length;
    float[] weights = new float[rows];
    Arrays.fill(weights, 1);
    return new Batch(
        rows,
        length,
        ids,
        new int[ids.length],
        mask,
        new int[ids.length],
        targets(rows),
        weights,
        rows,
        Arrays.stream(mask).sum(),
        Optional.empty());
  }

  private Targets targets(int rows) {
    if (masked()) {
      return new Targets.None();
    }
    int[] labels = ints("labels");
    if (labels.length == rows) {
      return new Targets.ClassIds(labels);
    }
    int[][] tokens = new int[rows][];
    Arrays.setAll(tokens, row -> Arrays.copyOfRange(labels, row * length, (row + 1) * length));
    return new Targets.TokenLabels(tokens);
  }

  private int[] ints(String key) {
    float[] values = expected(key);
    int[] ints = new int[values.length];
    Arrays.setAll(ints, i -> (int) values[i]);
    return ints;
  }
}
