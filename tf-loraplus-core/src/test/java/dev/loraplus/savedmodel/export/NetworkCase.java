package dev.loraplus.savedmodel.export;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Targets;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TInt32;

/**
 * A tiny network of a family with a batch of texts of different lengths.
 *
 * @param directory the pretrained model
 * @param task what its head gives
 * @param targets what is adapted
 * @param segments whether it reads the segments of tokens
 * @param padId fills up the texts
 */
record NetworkCase(Path directory, Task task, TargetModules targets, Segments segments, int padId) {
  /** Whether a network reads the segments of tokens. */
  enum Segments {
    READ,
    UNKNOWN
  }

  static final int ROWS = 4;
  static final int LENGTH = 7;
  private static final int[] LENGTHS = {7, 4, 6, 2};
  private static final int IGNORED = Targets.TokenLabels.IGNORED;

  /** The families and heads that differ in what is exported. */
  static NetworkCase of(String name) {
    Task next = new Task.CausalLanguageModel();
    return switch (name) {
      case "bert-cls" ->
          new NetworkCase(
              TinyBert.directory(),
              TinyBert.TASK,
              named("query", "word_embeddings"),
              Segments.READ,
              0);
      case "bert-mlm" ->
          new NetworkCase(
              models(name),
              new Task.MaskedLanguageModel(),
              named("query", "value"),
              Segments.READ,
              1);
      case "roberta-cls" -> plain(name, TinyBert.TASK, "query", "word_embeddings");
      case "gpt2-lm" -> plain(name, next, "c_attn", "c_fc");
      case "gpt2-cls" -> plain(name, scored(), "c_attn", "wte");
      case "llama-cls" -> plain(name, scored(), "q_proj", "embed_tokens");
      case "llama-lm-llama3" -> plain(name, next, "q_proj", "v_proj");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static NetworkCase plain(String name, Task task, String... targets) {
    return new NetworkCase(models(name), task, named(targets), Segments.UNKNOWN, 1);
  }

  private static Path models(String name) {
    return TinyBert.resource("/models/" + name);
  }

  private static TargetModules named(String... names) {
    return TargetModules.named(names);
  }

  private static Task scored() {
    return new Task.Classification(List.of("a", "b", "c"), Pooling.LAST_TOKEN);
  }

  /** Adapters of random A and B, with dropout. */
  LoraConfig lora() {
    return lora(targets, LoraInit.NONE, LoraVariant.PLAIN);
  }

  static LoraConfig lora(TargetModules targets, LoraInit init, LoraVariant variant) {
    return new LoraConfig(
        2,
        4,
        0.1,
        targets,
        Optional.empty(),
        LayerSelection.all(),
        Patterns.none(),
        BiasMode.NONE,
        Optional.empty(),
        init,
        variant,
        false);
  }

  AdaptedModel build() {
    return build(lora());
  }

  AdaptedModel build(LoraConfig lora) {
    return AdaptedModel.build(
        Architectures.read(directory, task), WeightSource.open(directory), lora, 3);
  }

  /** The batch as this library trains on it. */
  Batch batch() {
    int[] mask = mask();
    float[] weights = new float[ROWS];
    Arrays.fill(weights, 1);
    return new Batch(
        ROWS,
        LENGTH,
        ids(),
        types(),
        mask,
        new int[mask.length],
        targetsOfBatch(),
        weights,
        ROWS,
        Arrays.stream(LENGTHS).sum(),
        Optional.empty());
  }

  private Targets targetsOfBatch() {
    int[] labels = labels();
    if (task instanceof Task.Classification) {
      return new Targets.ClassIds(labels);
    }
    int[][] rows = new int[ROWS][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(labels, row * LENGTH, (row + 1) * LENGTH));
    return new Targets.TokenLabels(rows);
  }

  /** The batch as the network is asked for its logits. */
  Tokens tokens() {
    return new Tokens(ROWS, ids(), mask(), types());
  }

  /** The batch as other programs feed it; the caller closes the tensors. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("input_ids", matrix(ids()));
    tensors.put("attention_mask", matrix(mask()));
    if (segments == Segments.READ) {
      tensors.put("token_type_ids", matrix(types()));
    }
    return tensors;
  }

  Tensor labelTensor() {
    int[] labels = labels();
    return labels.length == ROWS ? TInt32.vectorOf(labels) : matrix(labels);
  }

  int[] ids() {
    Random random = new Random(5);
    return tokens(padId, place -> 5 + random.nextInt(30));
  }

  int[] mask() {
    return tokens(0, place -> 1);
  }

  int[] types() {
    return tokens(0, place -> place > 3 ? 1 : 0);
  }

  /** Classes in turn; each next token; or every third token. */
  int[] labels() {
    if (task instanceof Task.Classification) {
      return new int[] {0, 1, 2, 0};
    }
    int[] ids = ids();
    boolean masked = task instanceof Task.MaskedLanguageModel;
    int[] labels = tokens(IGNORED, place -> masked && place % 3 != 1 ? IGNORED : 0);
    Arrays.setAll(labels, i -> labels[i] == IGNORED ? IGNORED : ids[i]);
    return labels;
  }

  /** A number for each place of a text. */
  private interface Place {
    int number(int place);
  }

  private static int[] tokens(int padding, Place number) {
    int[] all = new int[ROWS * LENGTH];
    for (int i = 0; i < all.length; i++) {
      int place = i % LENGTH;
      all[i] = place < LENGTHS[i / LENGTH] ? number.number(place) : padding;
    }
    return all;
  }

  private static Tensor matrix(int[] numbers) {
    return TInt32.tensorOf(Shape.of(ROWS, LENGTH), DataBuffers.of(numbers));
  }
}
