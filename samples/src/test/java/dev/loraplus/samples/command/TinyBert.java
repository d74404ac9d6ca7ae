package dev.loraplus.samples.command;

import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** The BERT of core's tests (2 layers of 16, 40 tokens, 16 positions, 3 labels) and its words. */
public final class TinyBert {
  private static final Path BASE =
      Path.of("..", "tf-loraplus-core", "src/test/resources/conformance/bases/bert-cls");
  private static final List<String> WORDS =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "great", "fun", "fine", "okay",
          "fair", "bad", "dull", "awful", "a", "the", "film", "plot", "was", "is", "very", ".");
  private static final int VOCABULARY = 40;

  /** The token that the masked language model below always guesses. */
  static final String GUESS = "great";

  /** Its probability: softmax over 40 logits of which one is 3 and the others are 0. */
  static final double GUESS_PROBABILITY = Math.exp(3) / (Math.exp(3) + VOCABULARY - 1);

  private TinyBert() {}

  /** A model directory with a head of 3 classes. */
  static Path create(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.copy(BASE.resolve("config.json"), directory.resolve("config.json"));
    Files.copy(BASE.resolve("model.safetensors"), directory.resolve("model.safetensors"));
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < VOCABULARY; id++) {
      vocabulary.append(id < WORDS.size() ? WORDS.get(id) : "word" + id).append('\n');
    }
    Files.writeString(directory.resolve("vocab.txt"), vocabulary);
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
    return directory;
  }

  /** A masked language model whose head is all zeros but for one bias. */
  static Path createMasked(Path directory) throws IOException {
    create(directory);
    String config = Files.readString(directory.resolve("config.json"));
    Files.writeString(
        directory.resolve("config.json"),
        config.replace("BertForSequenceClassification", "BertForMaskedLM"));
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(directory)) {
      source.tensors().keySet().forEach(name -> tensors.put(name, source.read(name)));
    }
    String transform = "cls.predictions.transform.";
    tensors.put(transform + "dense.weight", zeros(16, 16));
    tensors.put(transform + "dense.bias", zeros(16));
    tensors.put(transform + "LayerNorm.weight", zeros(16));
    tensors.put(transform + "LayerNorm.bias", zeros(16));
    float[] bias = new float[VOCABULARY];
    bias[WORDS.indexOf(GUESS)] = 3;
    tensors.put(
        "cls.predictions.bias", TFloat32.tensorOf(Shape.of(VOCABULARY), DataBuffers.of(bias)));
    SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
    tensors.values().forEach(TFloat32::close);
    return directory;
  }

  /** A pretrained model without a head that reads texts of 128 tokens. */
  public static Path createHeadless(Path directory) throws IOException {
    create(directory);
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"max_position_embeddings\": 16", "\"max_position_embeddings\": 128"));
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(directory)) {
      source.tensors().keySet().stream()
          .filter(name -> !name.startsWith("classifier"))
          .forEach(name -> tensors.put(name, source.read(name)));
    }
    TFloat32 positions = tensors.put("bert.embeddings.position_embeddings.weight", zeros(128, 16));
    if (positions != null) {
      positions.close();
    }
    SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
    tensors.values().forEach(TFloat32::close);
    return directory;
  }

  /** The same words with one layer less: another model. */
  static Path createShallow(Path directory) throws IOException {
    create(directory);
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"));
    return directory;
  }

  /** Twelve labelled lines without a header. */
  static Path data(Path file) throws IOException {
    return Files.writeString(
        file,
        """
        a good film\tpositive
        the plot was great\tpositive
        very fun\tpositive
        great film\tpositive
        a fine film\tneutral
        the plot is okay\tneutral
        fair .\tneutral
        okay\tneutral
        a bad film\tnegative
        the plot was dull\tnegative
        awful\tnegative
        very bad .\tnegative
        """);
  }

  private static TFloat32 zeros(long... shape) {
    // A tensor that nothing fills holds whatever was in its memory.
    Shape filled = Shape.of(shape);
    return TFloat32.tensorOf(filled, DataBuffers.of(new float[(int) filled.size()]));
  }
}
