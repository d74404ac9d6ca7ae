package dev.loraplus.samples.paper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import dev.loraplus.samples.command.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands from end to end, on a tiny model and a tiny task in GLUE's layout. */
class PaperCommandsTest {
  @TempDir Path directory;

  private CommandRun run(String what, Path out) throws IOException {
    Path model = directory.resolve("model");
    Path rte = directory.resolve("glue/RTE");
    if (!Files.exists(model)) {
      TinyBert.createHeadless(model);
      Files.createDirectories(rte);
      Files.writeString(rte.resolve("train.tsv"), pairs(20));
      Files.writeString(rte.resolve("dev.tsv"), pairs(8));
    }
    return CommandRun.of(
        "paper",
        what,
        "--small",
        "--model",
        model,
        "--glue",
        directory.resolve("glue"),
        "--task",
        "rte",
        "--steps",
        "12",
        "--out",
        out);
  }

  private static String pairs(int count) {
    StringBuilder text = new StringBuilder("index\tsentence1\tsentence2\tlabel\n");
    for (int i = 0; i < count; i++) {
      text.append(i)
          .append(
              i % 2 == 0
                  ? "\ta good film\tgreat fun\tentailment\n"
                  : "\ta film\tdull\tnot_entailment\n");
    }
    return text.toString();
  }

  @Test
  void glueTunesBothArmsAndScoresTheWinners() throws IOException {
    Path out = directory.resolve("out");

    CommandRun run = run("glue", out);

    assertThat(run.err()).doesNotContain("error");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("30 trials of 12 steps; about ")
        .contains("Each method tuned over 12 candidates")
        .containsPattern("LoRA\\+ .* \\[-?[0-9.]+, -?[0-9.]+\\]");
    assertThat(out.resolve("tuning.jsonl")).content().hasLineCount(25);
    assertThat(out.resolve("scoring.jsonl")).isRegularFile();
    assertThat(out.resolve("heatmap.png")).isNotEmptyFile();
    assertThat(out.resolve("trials.csv")).content().hasLineCount(25);
  }

  @Test
  void interruptedCommandContinuesToTheSameResults() throws IOException {
    Path out = directory.resolve("out");
    CommandRun whole = run("curves", out);
    byte[] results = Files.readAllBytes(out.resolve("trials.jsonl"));
    List<String> lines = new ArrayList<>(Files.readAllLines(out.resolve("trials.jsonl")));
    String half = lines.get(4).substring(0, 80);
    Files.writeString(
        out.resolve("trials.jsonl"), String.join("\n", lines.subList(0, 4)) + "\n" + half);

    CommandRun continued = run("curves", out);

    assertThat(continued.exitCode()).isZero();
    assertThat(continued.err()).contains("continuing after 3");
    assertThat(Files.readAllBytes(out.resolve("trials.jsonl"))).isEqualTo(results);
    assertThat(table(continued)).isEqualTo(table(whole)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"init", "rank", "methods", "ratio"})
  void comparisonsRun(String what) throws IOException {
    Path out = directory.resolve("out");

    CommandRun run = run(what, out);

    assertThat(run.err()).doesNotContain("error");
    assertThat(run.exitCode()).isZero();
    assertThat(out.resolve(what + ".txt")).content().contains("accuracy");
    assertThat(out.resolve("trials.csv")).isNotEmptyFile();
  }

  @Test
  void otherOptionsDoNotContinueTheSameResults() throws IOException {
    Path out = directory.resolve("out");
    run("curves", out);

    CommandRun other =
        CommandRun.of(
            "paper",
            "curves",
            "--small",
            "--model",
            directory.resolve("model"),
            "--glue",
            directory.resolve("glue"),
            "--task",
            "rte",
            "--steps",
            "11",
            "--out",
            out);

    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("holds the results of another sweep");
  }

  @Test
  void glueNeedsItsTask() {
    CommandRun run = CommandRun.of("paper", "glue", "--glue", directory);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--glue and --task: name both or neither");
  }

  private static List<String> table(CommandRun run) {
    return run.out().lines().filter(line -> line.startsWith("LoRA")).toList();
  }
}
