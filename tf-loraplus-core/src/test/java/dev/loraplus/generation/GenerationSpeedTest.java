package dev.loraplus.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.graph.SeededRandom;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.Decoder;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.types.TFloat32;

/**
 * What the cache gains: a Llama of 4 layers and 256 features continues a prompt of 32 tokens by
 * 256, with the cache and with a pass over the whole text for each token. Run with {@code
 * -Dgeneration.speed=true}.
 */
@EnabledIfSystemProperty(named = "generation.speed", matches = "true")
class GenerationSpeedTest {
  private static final int NEW_TOKENS = 256;
  private static final int[] PROMPT = IntStream.range(1, 33).toArray();

  @Test
  void theCacheGivesTheSameTokensInLessTime(@TempDir Path directory) throws IOException {
    write(directory);
    Architecture architecture = Architectures.read(directory, GenerationCases.TASK);
    try (WeightSource source = WeightSource.open(directory);
        PretrainedModel model = PretrainedModel.load(architecture, source)) {
      Generator generator = Generator.of(model);
      GenerationConfig config = GenerationConfig.of(NEW_TOKENS, new Decoding.Greedy());
      generator.generate(List.of(PROMPT), GenerationConfig.of(2, new Decoding.Greedy()));
      long start = System.nanoTime();
      List<Integer> cached = generator.generate(List.of(PROMPT), config).get(0).ids();
      long cachedTime = System.nanoTime() - start;

      CachedPass pass = CachedPass.build(model, (Decoder) architecture);
      pass.start(List.of(PROMPT));
      long[] marks = new long[NEW_TOKENS + 1];
      marks[0] = System.nanoTime();
      List<Integer> whole = new ArrayList<>();
      int[] text = PROMPT;
      for (int i = 0; i < NEW_TOKENS; i++) {
        float[] logits = pass.start(List.of(text))[0];
        int best =
            IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElseThrow();
        whole.add(best);
        text = Arrays.copyOf(text, text.length + 1);
        text[text.length - 1] = best;
        marks[i + 1] = System.nanoTime();
      }
      long wholeTime = marks[NEW_TOKENS] - marks[0];

      report("with the cache", cachedTime);
      report("without", wholeTime);
      System.out.printf(Locale.ROOT, "cached steps of 32 tokens, ms: %s%n", steps(model));
      assertThat(cached).isEqualTo(whole);
      assertThat(cachedTime).isLessThan(wholeTime);
    }
  }

  /** Milliseconds of one step, averaged over 32 at a time, as the text grows. */
  private static List<String> steps(PretrainedModel model) {
    CachedPass pass = CachedPass.build(model, (Decoder) model.architecture());
    pass.start(List.of(PROMPT));
    pass.step(new int[] {0}, new int[] {1});
    List<String> times = new ArrayList<>();
    for (int block = 0; block < 8; block++) {
      long start = System.nanoTime();
      for (int i = 0; i < 32; i++) {
        pass.step(new int[] {0}, new int[] {i});
      }
      times.add(String.format(Locale.ROOT, "%.2f", (System.nanoTime() - start) / 32e6));
    }
    return times;
  }

  private static void report(String name, long nanos) {
    System.out.printf(Locale.ROOT, "%s: %.0f tokens/s%n", name, NEW_TOKENS / (nanos / 1e9));
  }

  private static void write(Path directory) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"model_type": "llama", "vocab_size": 2000, "hidden_size": 256, "num_hidden_layers": 4,
         "num_attention_heads": 8, "num_key_value_heads": 4, "intermediate_size": 704,
         "max_position_embeddings": 512, "tie_word_embeddings": false}
        """);
    Map<String, TFloat32> tensors = new TreeMap<>();
    Architectures.read(directory, GenerationCases.TASK).modules().stream()
        .flatMap(module -> module.parameters().stream())
        .forEach(
            parameter ->
                tensors.put(
                    parameter.name(),
                    SeededRandom.of(1, parameter.name()).normal(parameter.shape(), 0.1)));
    SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
    tensors.values().forEach(TFloat32::close);
  }
}
