package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import dev.loraplus.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands from end to end on a tiny model: what they print, write and return. */
class CommandsTest {
  private static Path root;
  private static Path model;
  private static Path data;
  private static Path adapter;
  private static Path merged;
  private static CommandRun finetuning;

  @BeforeAll
  static void finetune(@TempDir Path directory) throws IOException {
    root = directory;
    model = TinyBert.create(root.resolve("model"));
    data = TinyBert.data(root.resolve("data.tsv"));
    adapter = root.resolve("adapter");
    merged = root.resolve("merged");
    finetuning =
        run(
            "finetune --model MODEL --train DATA --dev DATA --out %s --merged %s --metrics %s"
                    .formatted(adapter, merged, root.resolve("metrics.jsonl"))
                + " --tensorboard %s --no-header --steps 120 --batch-size 4 --max-length 16"
                    .formatted(root.resolve("events"))
                + " --lr 3e-3 --head-lr 3e-2 --targets query,value,key --eval-every 60");
  }

  @Test
  void finetuneShowsThePlanTheScoresAndTheWayIntoPython() {
    assertThat(finetuning.exitCode()).as(finetuning.err()).isZero();
    assertThat(finetuning.out())
        .containsSubsequence(
            "bert.encoder.layer.0.attention.self.query.lora_A.weight",
            "group B ",
            "target key -> 2 modules",
            "done after 120 steps",
            "last, step 120: loss ",
            "accuracy 1.0000",
            "adapter: " + adapter,
            "merged model: " + merged,
            "from_pretrained(\"" + model + "\", num_labels=3)",
            "PeftModel.from_pretrained(base, \"" + adapter + "\")")
        .doesNotContain("trained on means");
    assertThat(finetuning.err()).isEmpty();
  }

  @Test
  void finetuneWritesAdapterMergedModelAndRecords() throws IOException {
    assertThat(adapter)
        .isDirectoryContaining("glob:**/adapter_config.json")
        .isDirectoryContaining("glob:**/adapter_model.safetensors")
        .isDirectoryContaining("glob:**/task.json");
    assertThat(merged)
        .isDirectoryContaining("glob:**/model.safetensors")
        .isDirectoryContaining("glob:**/config.json")
        .isDirectoryContaining("glob:**/vocab.txt");
    assertThat(Files.readAllLines(root.resolve("metrics.jsonl"))).hasSizeGreaterThan(120);
    assertThat(root.resolve("events")).isNotEmptyDirectory();
  }

  @Test
  void evaluateGivesTheScoresOfTheRunWithTheAdapterAndMerged() {
    String scores = finetuning.out().lines().filter(l -> l.startsWith("last, ")).findFirst().get();
    String expected = scores.substring(scores.indexOf("loss "));

    for (String source : List.of("--model MODEL --adapter " + adapter, "--model " + merged)) {
      CommandRun evaluation =
          run("evaluate " + source + " --data DATA --no-header --max-length 16");

      assertThat(evaluation.exitCode()).as(evaluation.err()).isZero();
      assertThat(evaluation.out().lines().findFirst()).contains(expected);
      assertThat(evaluation.out()).contains("12 examples in ");
    }
  }

  @Test
  void mergeWritesWhatFinetuneMerged() throws IOException {
    Path target = root.resolve("merged-later");

    CommandRun merging =
        run("merge --model MODEL --adapter %s --out %s".formatted(adapter, target));

    assertThat(merging.exitCode()).as(merging.err()).isZero();
    assertThat(merging.out()).isEqualToIgnoringNewLines("merged model: " + target);
    for (String name : List.of("model.safetensors", "config.json", "vocab.txt")) {
      assertThat(target.resolve(name)).hasSameBinaryContentAs(merged.resolve(name));
    }
  }

  @Test
  void predictGivesClassesByProbability() {
    for (String source : List.of("--model MODEL --adapter " + adapter, "--model " + merged)) {
      CommandRun prediction =
          run("predict " + source + " --max-length 16", "--text", "very fun", "--text", "awful");

      assertThat(prediction.exitCode()).as(prediction.err()).isZero();
      List<String> lines = prediction.out().lines().toList();
      assertThat(lines).hasSize(8);
      assertThat(lines.get(0)).isEqualTo("very fun");
      assertThat(lines.get(1)).startsWith("  positive 0.");
      assertThat(lines.get(4)).isEqualTo("awful");
      assertThat(lines.get(5)).startsWith("  negative 0.");
      double sum =
          lines.subList(1, 4).stream()
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum();
      assertThat(sum).isBetween(0.998, 1.002);
    }
  }

  @Test
  void predictReadsFilesAndKeepsTheirOrder() throws IOException {
    Path file = root.resolve("texts.jsonl");
    Files.writeString(file, "{\"text\": \"awful\"}\n{\"text\": \"very fun\"}\n");

    CommandRun prediction =
        run(
            "predict --model MODEL --adapter %s --max-length 16 --top 1 --batch-size 1 --data %s"
                .formatted(adapter, file));

    assertThat(prediction.out().lines().filter(line -> !line.startsWith(" ")))
        .containsExactly("awful", "very fun");
    assertThat(prediction.out().lines()).hasSize(4);
  }

  @Test
  void predictFillsMasksWithoutAnAdapter() throws IOException {
    Path masked = TinyBert.createMasked(root.resolve("masked"));
    String guess =
        String.format(Locale.ROOT, "%s %.3f", TinyBert.GUESS, TinyBert.GUESS_PROBABILITY);

    for (String task : List.of("", " --task masked-lm")) {
      CommandRun prediction =
          run(
              "predict --max-length 16 --top 2 --model " + masked + task,
              "--text",
              "the film is [MASK] .",
              "--text",
              "[MASK] [MASK]");

      assertThat(prediction.exitCode()).as(prediction.err()).isZero();
      assertThat(prediction.out().lines())
          .hasSize(8)
          .startsWith("the film is [MASK] .", "  " + guess)
          .contains("  mask 1: " + guess, "  mask 2: " + guess);
    }
  }

  @Test
  void maskedLanguageModelsAndRegressionsTrainToo() throws IOException {
    Path masked = TinyBert.createMasked(root.resolve("masked-base"));
    Path scores = root.resolve("scores.csv");
    Files.writeString(scores, "text,label\ngood film,1\nbad film,-1\n");
    Path plain = TinyBert.create(root.resolve("headless"));
    String common = " --steps 2 --batch-size 2 --max-length 16 --out ";

    CommandRun language =
        run(
            "finetune --task masked-lm --no-header --train DATA --model "
                + masked
                + common
                + root.resolve("lm"));
    CommandRun wrongHead =
        run(
            "finetune --task regression --train "
                + scores
                + " --model "
                + plain
                + common
                + root.resolve("score"));

    assertThat(language.exitCode()).as(language.err()).isZero();
    assertThat(language.out()).contains("AutoModelForMaskedLM");
    assertThat(wrongHead.exitCode()).isEqualTo(1);
    assertThat(wrongHead.err())
        .contains("'classifier.weight' must have the shape [1, 16], got [3, 16]");
  }

  @Test
  void aResumedRunEndsWithTheSameBytes() throws IOException {
    Path checkpoints = root.resolve("checkpoints");
    String command =
        "finetune --model MODEL --train DATA --no-header --steps 6 --batch-size 4 --max-length 16"
            + " --dropout 0.1 --checkpoint-every 3 --checkpoints "
            + checkpoints
            + " --out ";
    Path whole = root.resolve("whole");
    Path resumed = root.resolve("resumed");
    assertThat(run(command + whole).exitCode()).isZero();
    try (Stream<Path> files = Files.walk(checkpoints.resolve("step-000000006"))) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }

    CommandRun second = run(command + resumed + " --resume");

    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out()).contains("continuing after step 3");
    assertThat(resumed.resolve("adapter_model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("adapter_model.safetensors"));
  }

  /** The adapter and the merged weights are peft's, by core's conformance_cases.py. */
  @Test
  void anAdapterOfPeftIsMergedOnceItsTaskIsSaid() {
    Path recorded =
        Path.of("..", "tf-loraplus-core/src/test/resources/conformance/cases/all_linear_bias_sgd");
    Path merged = root.resolve("merged-by-peft");
    String command = "merge --model MODEL --adapter " + recorded.resolve("adapter_final");

    CommandRun silent = run(command + " --out " + merged);
    CommandRun said = run(command + " --labels a,b,c --pooling cls-pooler --out " + merged);

    assertThat(silent.exitCode()).isEqualTo(1);
    assertThat(silent.err()).contains("task.json: not found");
    assertThat(said.exitCode()).as(said.err()).isZero();
    TensorFile expected = TensorFile.read(recorded.resolve("expected_final.safetensors"));
    TensorFile actual = TensorFile.read(merged.resolve("model.safetensors"));
    List<String> names =
        expected.shapes().keySet().stream().filter(name -> name.startsWith("merged.")).toList();
    assertThat(names).isNotEmpty();
    for (String name : names) {
      assertThat(actual.floats(name.substring("merged.".length())))
          .as(name)
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(expected.floats(name));
    }
  }

  @Test
  void planNeedsNoData() {
    CommandRun plan = run("plan --model MODEL --classes 3 --rank 2 --layers 1 --warmup 10");

    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("bert.encoder.layer.1.attention.self.value.lora_B.weight  [16, 2]")
        .contains("trainable 179 of ")
        .doesNotContain("layer.0.attention.self.value.lora_B");
  }

  @Test
  void helpListsOptionsBySubject() {
    CommandRun help = run("finetune --help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .startsWith("Usage: loraplus finetune --model DIR|NAME --train FILE")
        .containsSubsequence("Model:", "Task:", "Data", "Adapters:", "Schedule", "Checkpoints:");
  }

  private static CommandRun run(String command, String... more) {
    Stream<String> words =
        Stream.of(command.split(" "))
            .map(word -> word.equals("MODEL") ? model.toString() : word)
            .map(word -> word.equals("DATA") ? data.toString() : word);
    return CommandRun.of(Stream.concat(words, Stream.of(more)).toArray());
  }
}
