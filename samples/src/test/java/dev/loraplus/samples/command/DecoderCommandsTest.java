package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands on GPT-2 and Llama, with the defaults of their families. */
class DecoderCommandsTest {
  private static final String BATCHES = " --batch-size 4 --max-length 16";

  private Path root;

  @BeforeEach
  void create(@TempDir Path directory) {
    root = directory;
  }

  @ParameterizedTest
  @CsvSource({"gpt2-lm, c_attn", "llama-lm-llama3, q_proj"})
  void aCausalLanguageModelLearnsCompletions(String name, String target) throws IOException {
    // given
    Path model = TinyDecoder.create(name, root.resolve("model"));
    Path data = TinyDecoder.prompts(root.resolve("pairs.jsonl"));
    String columns = " --text-column prompt --pair-column completion" + BATCHES;

    // when
    CommandRun training =
        run(
            "finetune --task causal-lm --steps 60 --lr 2e-2 --ratio 4 --model %s --train %s --dev %s"
                    .formatted(model, data, data)
                + " --out %s --merged %s".formatted(root.resolve("out"), root.resolve("merged"))
                + columns);

    // then
    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains("target " + target + " -> 2 modules")
        .contains("base = AutoModelForCausalLM.from_pretrained(\"" + model + "\")")
        .doesNotContain("group SAVED_MODULES");
    String scores = training.out().lines().filter(l -> l.startsWith("last, ")).findFirst().get();
    assertThat(scores).contains("perplexity ");
    assertLearned(columns, data, model, scores.substring(scores.indexOf("loss ")));
  }

  /** Merged, the model says its own task: config.json names the class. */
  private void assertLearned(String columns, Path data, Path model, String scores) {
    for (String source :
        new String[] {
          " --model " + root.resolve("merged"),
          " --model " + model + " --adapter " + root.resolve("out")
        }) {
      CommandRun evaluation = run("evaluate --data " + data + source + columns);
      CommandRun prediction =
          CommandRun.of(
              Stream.concat(
                      Stream.of("predict", "--top", "1", "--text", "two b"),
                      Stream.of((source + BATCHES).strip().split(" +")))
                  .toArray());

      assertThat(evaluation.exitCode()).as(evaluation.err()).isZero();
      assertThat(evaluation.out().lines().findFirst()).contains(scores);
      assertThat(prediction.exitCode()).as(prediction.err()).isZero();
      assertThat(prediction.out().lines().skip(1)).singleElement().asString().startsWith("  c 0.");
    }
  }

  @ParameterizedTest
  @CsvSource({"gpt2-lm, c_attn", "llama-lm-llama3, v_proj"})
  void aDecoderIsClassifiedByItsLastToken(String name, String target) throws IOException {
    Path model = TinyDecoder.create(name, root.resolve("model"));
    Path data = Files.writeString(root.resolve("data.tsv"), "one a\tx\ntwo b\ty\nthree c\tx\n");
    String common = " --no-header" + BATCHES + " --model ";

    CommandRun training =
        run(
            "finetune --steps 3 --train %s --out %s --merged %s"
                    .formatted(data, root.resolve("out"), root.resolve("merged"))
                + common
                + model);
    CommandRun evaluation = run("evaluate --data " + data + common + root.resolve("merged"));

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains("target " + target + " -> 2 modules", "score.weight")
        .contains("model.config.pad_token_id = tokenizer.pad_token_id");
    assertThat(evaluation.exitCode()).as(evaluation.err()).isZero();
    assertThat(evaluation.out()).contains("accuracy ");
  }

  @Test
  void whatADecoderCannotDoIsOneLine() throws IOException {
    Path model = TinyDecoder.create("gpt2-lm", root.resolve("model"));
    String plan = "plan --model " + model;

    assertFault(plan + " --task masked-lm", "gpt2 is a decoder, which cannot be a masked language");
    assertFault(plan + " --classes 2 --pooling mean", "gpt2 is a decoder", "LAST_TOKEN");
    assertFault(plan + " --task causal-lm --pooling mean", "--pooling: a language model pools");
    assertFault(plan + " --task causal-lm --classes 2", "--classes: only a classification has");
    assertFault(
        plan + " --task causal-lm --optimizer lorafa --dora", "LoRA-FA does not apply to DoRA");
    assertThat(run(plan + " --task causal-lm --optimizer lorafa").out())
        .contains("c_attn.lora_B")
        .doesNotContain("group A ");
  }

  private static void assertFault(String command, String... parts) {
    CommandRun run = run(command);
    assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains(parts);
  }

  private static CommandRun run(String command) {
    return CommandRun.of((Object[]) command.split(" +"));
  }
}
