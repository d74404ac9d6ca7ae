package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Labelled texts of real lengths in a vocabulary that stands beside a model's random weights. */
final class EpochTexts {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private EpochTexts() {}

  /** Writes vocab.txt and tokenizer_config.json: words t0, t1 and so on. */
  static void writeVocabulary(Path model, int size) throws IOException {
    List<String> words = new ArrayList<>(SPECIAL);
    IntStream.range(0, size - SPECIAL.size()).forEach(i -> words.add("t" + i));
    Files.write(model.resolve("vocab.txt"), words);
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"do_lower_case\": true, \"tokenizer_class\": \"BertTokenizer\"}");
  }

  /** Writes a table of texts with the lengths of a GLUE file, or drawn. */
  static void write(Path target, Optional<Path> lengthsOf, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(0);
    List<Integer> words =
        lengthsOf.isPresent() ? wordCounts(lengthsOf.get(), count) : drawn(random, count);
    List<String> lines = new ArrayList<>();
    for (int length : words) {
      List<String> text = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        text.add("t" + random.nextInt(30_000));
      }
      lines.add(String.join(" ", text) + "\t" + random.nextInt(2));
    }
    Files.write(target, lines);
  }

  /** Words of the first column, from rows spread over the file. */
  private static List<Integer> wordCounts(Path file, int count) throws IOException {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      List<Integer> all =
          lines.skip(1).map(line -> line.split("\t", -1)[0].trim().split(" +").length).toList();
      int stride = Math.max(1, all.size() / count);
      return IntStream.range(0, Math.min(count, all.size()))
          .map(i -> i * stride)
          .boxed()
          .map(all::get)
          .toList();
    }
  }

  /** exp(N(2, 0.8)) words, at most 50: half of the texts have up to 7, as phrases of reviews. */
  private static List<Integer> drawn(SplittableRandom random, int count) {
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double normal =
          Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
              * Math.cos(2 * Math.PI * random.nextDouble());
      lengths.add((int) Math.max(1, Math.min(50, Math.round(Math.exp(2 + 0.8 * normal)))));
    }
    return lengths;
  }
}
