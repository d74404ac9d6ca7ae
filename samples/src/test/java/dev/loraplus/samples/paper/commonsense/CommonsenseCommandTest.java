package dev.loraplus.samples.paper.commonsense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Log-likelihoods of options are those of transformers, by {@code option_scores.py}. */
class CommonsenseCommandTest {
  private static final Path FILES =
      Path.of("src/test/resources/dev/loraplus/samples/paper/commonsense");
  private static final Path MODELS =
      Path.of("..", "tf-loraplus-core", "src/test/resources/generation");
  private static final String SHOTS =
      " --shots 2 --shots-from " + FILES.resolve("sea_life_dev.csv");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;

  CommonsenseCommandTest(@TempDir Path root) {
    this.root = root;
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, boolq, boolq.jsonl",
    "llama, boolq, boolq.jsonl",
    "gpt2, piqa, piqa.jsonl",
    "llama, hellaswag, hellaswag.jsonl",
    "llama, winogrande, winogrande.jsonl",
    "gpt2, arc, arc.jsonl",
    "llama, openbookqa, openbookqa.jsonl",
    "gpt2, mmlu, sea_life_test.csv",
    "llama, mmlu-2, sea_life_test.csv",
    "llama, instructions, instructions.json"
  })
  void optionsAreAsLikelyAsInTransformers(String name, String benchmark, String file)
      throws IOException {
    // given
    Path model = model(name);
    JsonNode expected =
        JSON.readTree(FILES.resolve("expected.json").toFile()).get(name).get(benchmark);
    String further =
        benchmark.equals("mmlu-2")
            ? SHOTS
            : benchmark.equals("piqa") ? " --labels " + FILES.resolve("piqa-labels.lst") : "";

    // when
    CommandRun run = run(model, benchmark(benchmark), FILES.resolve(file), further);

    // then
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = Files.readAllLines(root.resolve("out/base/scores.jsonl"));
    assertThat(lines).hasSize(expected.size());
    for (int i = 0; i < lines.size(); i++) {
      JsonNode scored = JSON.readTree(lines.get(i));
      assertThat(scored.get("answer")).isEqualTo(expected.get(i).get("answer"));
      JsonNode sums = expected.get(i).get("logLikelihoods");
      assertThat(scored.get("logLikelihoods")).hasSize(sums.size());
      for (int option = 0; option < sums.size(); option++) {
        assertThat(scored.get("logLikelihoods").get(option).doubleValue())
            .isCloseTo(sums.get(option).doubleValue(), within(1e-4));
      }
    }
  }

  private static String benchmark(String name) {
    return switch (name) {
      case "mmlu-2" -> "mmlu";
      case "instructions" -> "arc";
      default -> name;
    };
  }

  @Test
  void accuraciesAreInTheTableAndOnThePage() throws IOException {
    CommandRun run = run(model("gpt2"), "boolq", FILES.resolve("boolq.jsonl"), "");

    // transformers finds "no" likelier in all three, which is right for the first
    assertThat(run.out())
        .contains("BOOLQ: 3 questions, 0 examples before each")
        .contains("less than a minute on two cores")
        .contains("base model", "33.3 ± 53.3", "77.1", "secondary source");
    assertThat(Files.readString(root.resolve("out/report.html")))
        .contains("<td class=\"number\">33.3 ± 53.3</td>")
        .contains("paper commonsense --model");
  }

  @Test
  void adaptersAreTrainedOnAMixAndAskedToo() throws IOException {
    // given
    Path model = model("llama");
    String training =
        " --train openbookqa=%s --train arc=%s --steps 12 --lr 2e-2"
            .formatted(FILES.resolve("openbookqa.jsonl"), FILES.resolve("arc.jsonl"));

    // when
    CommandRun run = run(model, "boolq", FILES.resolve("boolq.jsonl"), training);
    byte[] adapter = adapter("lora-plus");
    CommandRun again = run(model, "boolq", FILES.resolve("boolq.jsonl"), training);

    // then both answer, LoRA+ otherwise than LoRA, and nothing is trained twice
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("3 models, ", "training mix: ", "training LoRA, 12 steps", "training LoRA+, 12");
    assertThat(Files.readString(root.resolve("out/LoRA+/scores.jsonl")))
        .isNotEqualTo(Files.readString(root.resolve("out/LoRA/scores.jsonl")))
        .isNotEqualTo(Files.readString(root.resolve("out/base/scores.jsonl")));
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).doesNotContain("training LoRA");
    assertThat(adapter("lora-plus")).isEqualTo(adapter);
  }

  private byte[] adapter(String arm) throws IOException {
    return Files.readAllBytes(
        root.resolve("out/trained").resolve(arm).resolve("adapter_model.safetensors"));
  }

  @Test
  void anInterruptedRunGoesOn() throws IOException {
    // given a whole run, and one that was cut off within its second line
    Path model = model("gpt2");
    Path scores = root.resolve("out/base/scores.jsonl");
    run(model, "boolq", FILES.resolve("boolq.jsonl"), "");
    String whole = Files.readString(scores);
    Files.writeString(scores, whole.substring(0, whole.indexOf('\n') + 10));

    // when
    CommandRun again = run(model, "boolq", FILES.resolve("boolq.jsonl"), "");

    // then
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(scores).hasContent(whole);
  }

  @Test
  void whatCannotBeAskedIsOneLine() throws IOException {
    Path model = model("gpt2");
    Path data = FILES.resolve("boolq.jsonl");

    assertFault(run(model, "boolq", data, " --shots 1 --shots-from " + data), "--shots-from must");
    assertFault(
        run(model, "mmlu", FILES.resolve("sea_life_test.csv"), SHOTS.replace("2", "9")),
        "--shots: must be at most the 2 questions of");
    assertFault(
        run(model, "boolq", data, " --train boolq=" + data), "--train: must be another file than");
    assertFault(run(model, "piqa", data, ""), "boolq.jsonl, line 1: field 'goal' must be a string");
    run(model, "boolq", data, "");
    assertFault(
        run(model, "arc", FILES.resolve("arc.jsonl"), ""), "--out: ", "results of another setting");
    CommandRun unknown = run(model, "swag", data, "");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("must be one of boolq, piqa, hellaswag");
  }

  private static void assertFault(CommandRun run, String... parts) {
    assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains(parts);
  }

  private CommandRun run(Path model, String benchmark, Path data, String further) {
    String command =
        "paper commonsense --model %s --benchmark %s --data %s --out %s%s"
            .formatted(model, benchmark, data, root.resolve("out"), further);
    return CommandRun.of((Object[]) command.split(" +"));
  }

  private Path model(String name) throws IOException {
    Path directory = Files.createDirectories(root.resolve(name));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODELS.resolve(name).resolve(file), directory.resolve(file));
    }
    Files.copy(FILES.resolve("tokenizer-" + name + ".json"), directory.resolve("tokenizer.json"));
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"pad_token\": \"</s>\"}");
    return directory;
  }
}
