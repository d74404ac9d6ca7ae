package dev.loraplus.samples.paper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.samples.CommandRun;
import dev.loraplus.training.metrics.text.Bleu;
import dev.loraplus.training.metrics.text.CandidateText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole path on decoders of 2 layers of 16 and a language of 40 words. */
class E2eCommandTest {
  private static final Path MODELS =
      Path.of("..", "tf-loraplus-core", "src/test/resources/generation");
  private static final List<String> WORDS =
      List.of(
          "<unk>", "<pad>", "<s>", "</s>", "name", "food", ":", "|", "||", "Cotto", "Mill", "Eagle",
          "Swan", "Indian", "Chinese", "Italian", "French", "serves", "is", "a", "place", ".");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;

  E2eCommandTest(@TempDir Path root) {
    this.root = root;
  }

  @ParameterizedTest
  @CsvSource({"gpt2, 1", "llama, 2"})
  void aDecoderLearnsToPutMeaningsIntoWords(String name, int seeds) throws IOException {
    // when
    CommandRun run = run(model(name), " --steps 25 --seeds " + seeds);

    // then LoRA+ learns, as far as frozen random weights let it, and scores are those of its texts
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "24 training texts of 12 meanings",
            "2 arms, 1 rates, " + seeds + " seeds, 25 steps of 4 texts")
        .contains(
            "generated 4 of 4 texts", "secondary source", "ROUGE-L of LoRA+ less that of LoRA");
    for (int seed = 0; seed < seeds; seed++) {
      Path place = root.resolve("out/lora-plus/seed-" + seed);
      JsonNode result = JSON.readTree(place.resolve("result.json").toFile());
      assertThat(result.get("losses")).hasSize(25);
      assertThat(mean(result.get("losses"), 20, 25))
          .isLessThan(0.95 * mean(result.get("losses"), 0, 5));
      assertThat(result.get("bleu").doubleValue())
          .isCloseTo(
              Bleu.standard().score(candidates(place.resolve("outputs.jsonl"))).value(),
              within(1e-9));
      assertThat(place.resolve("adapter/adapter_model.safetensors")).exists();
    }
    assertThat(Files.readString(root.resolve("out/report.html")))
        .contains("E2E NLG: LoRA and LoRA+", "data:image/png;base64,", "paper e2e --model");
  }

  @Test
  void eachArmTakesTheRateWithTheLowestDevelopmentLoss() throws IOException {
    // given rates of which the first is too low to learn anything
    Path model = model("gpt2");

    // when
    CommandRun run = run(model, " --steps 8 --seeds 1", "1e-6,2e-2");

    // then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("LoRA, rate of A 1e-06: development loss ", "LoRA+, rate of A 2e-02: ")
        .containsPattern("LoRA \\(ratio 1\\) +2e-02 ")
        .containsPattern("LoRA\\+ \\(ratio 4\\) +2e-02 ");
    assertThat(loss("lora-plus", "2e-02")).isLessThan(loss("lora-plus", "1e-06"));
    assertThat(Files.readString(root.resolve("out/report.html")))
        .contains(
            "Each arm tried 2 rates of A", "The highest rate was the best for LoRA and LoRA+");
  }

  private double loss(String arm, String rate) throws IOException {
    Path file = root.resolve("out").resolve(arm).resolve("tuning").resolve(rate);
    return Double.parseDouble(Files.readString(file.resolve("loss.txt")).strip());
  }

  @Test
  void anInterruptedRunEndsWithTheSameFiles() throws IOException {
    // given a whole run; then one whose last arm lost its result and the end of its outputs
    Path model = model("gpt2");
    run(model, " --steps 5 --seeds 1");
    Path place = root.resolve("out/lora-plus/seed-0");
    String outputs = Files.readString(place.resolve("outputs.jsonl"));
    String result = Files.readString(place.resolve("result.json"));
    Files.delete(place.resolve("result.json"));
    Files.writeString(
        place.resolve("outputs.jsonl"), outputs.substring(0, outputs.indexOf('\n') + 5));

    // when
    CommandRun again = run(model, " --steps 5 --seeds 1");

    // then
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(place.resolve("outputs.jsonl")).hasContent(outputs);
    assertThat(place.resolve("result.json")).hasContent(result);
  }

  @Test
  void otherSettingsDoNotMixWithTheResultsThere() throws IOException {
    Path model = model("gpt2");
    Files.createDirectories(root.resolve("out"));
    Files.writeString(root.resolve("out/setting.txt"), "another\n");

    CommandRun run = run(model, " --steps 5 --seeds 1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("error: --out: " + root.resolve("out") + " holds results of another setting");
  }

  @Test
  void aModelWithoutAnEndIsRefused() throws IOException {
    Path model = model("gpt2");
    Path config = model.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"eos_token_id\": 3", "\"x\": 3"));

    CommandRun run = run(model, "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: --model: config.json names no eos_token_id");
  }

  private CommandRun run(Path model, String further) throws IOException {
    return run(model, further, "2e-2");
  }

  private CommandRun run(Path model, String further, String rates) throws IOException {
    String command =
        ("paper e2e --model %s --train %s --dev %s --test %s --out %s --rank 4 --alpha 16 --lr %s"
                + " --ratio 4 --batch-size 4 --max-length 32 --beams 2 --max-new-tokens 10%s")
            .formatted(model, train(), train(), test(), root.resolve("out"), rates, further);
    return CommandRun.of((Object[]) command.split(" +"));
  }

  /** Two texts for each pair of a name and a kind of food but the four of the test. */
  private Path train() throws IOException {
    return write("train.csv", false);
  }

  private Path test() throws IOException {
    return write("test.csv", true);
  }

  private Path write(String file, boolean tested) throws IOException {
    List<String> names = WORDS.subList(9, 13);
    List<String> foods = WORDS.subList(13, 17);
    StringBuilder rows = new StringBuilder("mr,ref\n");
    for (int i = 0; i < 16; i++) {
      String name = names.get(i / 4);
      String food = foods.get(i % 4);
      if ((i / 4 == i % 4) == tested) {
        String meaning = "\"name[%s], food[%s]\"".formatted(name, food);
        rows.append("%s,%s serves %s food .%n".formatted(meaning, name, food));
        rows.append("%s,%s is a %s place .%n".formatted(meaning, name, food));
      }
    }
    return Files.writeString(root.resolve(file), rows);
  }

  /** A model whose tokenizer knows the words and the token 3 that ends a text. */
  private Path model(String name) throws IOException {
    Path directory = Files.createDirectories(root.resolve(name));
    Files.copy(
        MODELS.resolve(name).resolve("model.safetensors"), directory.resolve("model.safetensors"));
    Files.writeString(
        directory.resolve("config.json"),
        Files.readString(MODELS.resolve(name).resolve("config.json"))
            .replaceFirst("\"eos_token_id\": null", "\"eos_token_id\": 3"));
    String vocabulary =
        IntStream.range(0, 48)
            .mapToObj(
                id -> "\"%s\": %d".formatted(id < WORDS.size() ? WORDS.get(id) : "w" + id, id))
            .collect(Collectors.joining(", "));
    Files.writeString(
        directory.resolve("tokenizer.json"),
        """
        {"version": "1.0",
         "added_tokens": [{"id": 3, "content": "</s>", "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {%s}}}
        """
            .formatted(vocabulary));
    return directory;
  }

  private static double mean(JsonNode losses, int from, int to) {
    return IntStream.range(from, to)
        .mapToDouble(step -> losses.get(step).doubleValue())
        .average()
        .orElseThrow();
  }

  private static List<CandidateText> candidates(Path outputs) throws IOException {
    List<CandidateText> candidates = new ArrayList<>();
    for (String line : Files.readAllLines(outputs)) {
      JsonNode object = JSON.readTree(line);
      List<String> references = new ArrayList<>();
      object.get("references").forEach(reference -> references.add(reference.textValue()));
      candidates.add(new CandidateText(object.get("text").textValue(), references));
    }
    return candidates;
  }
}
