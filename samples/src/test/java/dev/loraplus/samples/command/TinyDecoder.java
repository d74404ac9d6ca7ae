package dev.loraplus.samples.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The decoders of core's tests (2 layers of 16, 40 tokens) and their words. */
final class TinyDecoder {
  private static final Path MODELS = Path.of("..", "tf-loraplus-core", "src/test/resources/models");
  private static final List<String> WORDS =
      List.of("<unk>", "<pad>", "<s>", "</s>", "one", "two", "three", "four", "a", "b", "c", "d");

  private TinyDecoder() {}

  /** A model directory with a tokenizer that frames nothing, as GPT-2's. */
  static Path create(String name, Path directory) throws IOException {
    Files.createDirectories(directory);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODELS.resolve(name).resolve(file), directory.resolve(file));
    }
    String vocabulary =
        IntStream.range(0, 40)
            .mapToObj(id -> "\"%s\": %d".formatted(id < 12 ? WORDS.get(id) : "word" + id, id))
            .collect(Collectors.joining(", "));
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0", "added_tokens": [],
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {%s}}}
        """
            .formatted(vocabulary));
    return directory;
  }

  /** Prompts of a number and a letter, whose completion is the next letter. */
  static Path prompts(Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String number : List.of("one", "two", "three", "four")) {
      for (List<String> letters :
          List.of(List.of("a", "b"), List.of("b", "c"), List.of("c", "d"))) {
        lines.append(
            "{\"prompt\": \"%s %s\", \"completion\": \"%s\"}%n"
                .formatted(number, letters.get(0), letters.get(1)));
      }
    }
    return Files.writeString(file, lines);
  }
}
