package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate} on the GPT-2 of core's tests, whose token i is the word "wi". */
class GenerateCommandTest {
  private static final Path BASE =
      Path.of("..", "tf-loraplus-core", "src/test/resources/generation/gpt2");
  private static Path root;
  private static Path model;
  private static JsonNode expected;

  @BeforeAll
  static void create(@TempDir Path directory) throws IOException {
    root = directory;
    model = Files.createDirectory(root.resolve("model"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(BASE.resolve(name), model.resolve(name));
    }
    String words =
        IntStream.range(0, 48)
            .mapToObj(i -> "\"w" + i + "\": " + i)
            .collect(Collectors.joining(", "));
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"pre_tokenizer": {"type": "WhitespaceSplit"},
         "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {%s}}}
        """
            .formatted(words));
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"w1\"}");
    expected = new ObjectMapper().readTree(BASE.resolve("expected.json").toFile());
  }

  @Test
  void continuesPromptsGreedily() {
    CommandRun run =
        CommandRun.of(
            "generate",
            "--model",
            model,
            "--max-new-tokens",
            32,
            "--prompt",
            prompt(0),
            "--prompt",
            prompt(1));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .containsExactly(prompt(0), "  " + words(greedy(0)), prompt(1), "  " + words(greedy(1)));
    assertThat(run.err()).startsWith("64 tokens in ");
  }

  @Test
  void readsPromptsFromAFileAndStopsAtATokenThatIsNamed() throws IOException {
    Path file = root.resolve("prompts.txt");
    Files.writeString(file, prompt(1) + "\n\n" + prompt(0) + "\n");
    List<Integer> until = greedy(1).subList(0, greedy(1).indexOf(8) + 1);

    CommandRun run =
        CommandRun.of(
            "generate",
            "--model",
            model,
            "--prompts",
            file,
            "--stop",
            "w8",
            "--max-new-tokens",
            32);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines()).startsWith(prompt(1), "  " + words(until), prompt(0));
  }

  @Test
  void samplesTheSameForASeedAndSearchesWithBeams() {
    CommandRun first = run("--temperature 2 --top-k 20 --top-p 0.95 --max-new-tokens 16 --seed 5");

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(run("--temperature 2 --top-k 20 --top-p 0.95 --max-new-tokens 16 --seed 5").out())
        .isEqualTo(first.out());
    assertThat(run("--temperature 2 --top-k 20 --top-p 0.95 --max-new-tokens 16 --seed 6").out())
        .isNotEqualTo(first.out());
    CommandRun beams =
        run("--beams 3 --max-new-tokens 16 --length-penalty 0.5 --early-stopping when-full");
    assertThat(beams.exitCode()).as(beams.err()).isZero();
  }

  @Test
  void saysWhatIsWrong() {
    assertFault(run("--temperature 0"), "temperature: must be above 0, got 0.0");
    assertFault(run("--top-p 1.5"), "--top-p: must be in (0, 1], got 1.5");
    assertFault(run("--top-k 0"), "--top-k: must be at least 1, got 0");
    assertFault(run("--beams 3 --top-k 4"), "--beams: does not go with --temperature, --top-k");
    assertFault(run("--length-penalty 2"), "--length-penalty, --early-stopping: need --beams");
    assertFault(run("--stop nothing"), "--stop: must be a token of the vocabulary, got 'nothing'");
    assertFault(
        run("--max-new-tokens 64"),
        "prompt 1: its 1 tokens and 64 new ones (--max-new-tokens) exceed the model's 64 positions");
    assertFault(
        CommandRun.of("generate", "--model", model, "--prompt", ""),
        "prompt 1: must have at least one token, got none");
    assertFault(
        CommandRun.of("generate", "--model", model, "--prompts", root.resolve("nowhere")),
        "--prompts: must be a readable file in UTF-8");
  }

  @Test
  void refusesAnEncoder() throws IOException {
    Path bert = TinyBert.create(root.resolve("bert"));

    assertFault(
        CommandRun.of("generate", "--model", bert, "--prompt", "good"), "causal language model");
  }

  private static CommandRun run(String options) {
    List<Object> words = new ArrayList<>(List.of("generate", "--model", model, "--prompt", "w5"));
    words.addAll(List.of(options.split(" ")));
    return CommandRun.of(words.toArray());
  }

  private static String prompt(int index) {
    return words(ints(expected.path("prompts").path(index)));
  }

  private static List<Integer> greedy(int prompt) {
    return ints(expected.path("cases").path(0).path("tokens").path(prompt));
  }

  private static List<Integer> ints(JsonNode row) {
    return StreamSupport.stream(row.spliterator(), false).map(JsonNode::asInt).toList();
  }

  private static String words(List<Integer> ids) {
    return ids.stream().map(id -> "w" + id).collect(Collectors.joining(" "));
  }

  private static void assertFault(CommandRun run, String part) {
    assertThat(run.err()).startsWith("error: ").contains(part);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(1);
  }
}
