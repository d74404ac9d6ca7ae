package dev.loraplus.samples.paper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import dev.loraplus.samples.command.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands from end to end, on a tiny model and a tiny task in GLUE's layout. */
class PaperCommandsTest {
  @TempDir Path directory;

  private CommandRun run(String what, Path out, String... further) throws IOException {
    Path model = directory.resolve("model");
    Path rte = directory.resolve("glue/RTE");
    if (!Files.exists(model)) {
      oneLayer(TinyBert.createHeadless(model));
      Files.createDirectories(rte);
      Files.writeString(rte.resolve("train.tsv"), pairs(20));
      Files.writeString(rte.resolve("dev.tsv"), pairs(8));
    }
    List<Object> arguments = new ArrayList<>(List.of("paper", what, "--small", "--model", model));
    arguments.addAll(List.of("--glue", directory.resolve("glue"), "--task", "rte"));
    // As many steps as final losses are averaged over, so that every figure is there.
    Map<String, String> scale = Map.of("--seeds", "1", "--evaluations", "1", "--steps", "10");
    arguments.addAll(List.of("--out", out));
    arguments.addAll(List.of(further));
    scale.forEach(
        (option, value) -> {
          if (!arguments.contains(option)) {
            arguments.addAll(List.of(option, value));
          }
        });
    return CommandRun.of(arguments.toArray());
  }

  /** Half of the graph, in half of the time. */
  private static Path oneLayer(Path model) throws IOException {
    Path config = model.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"));
    return model;
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
        .contains("26 trials of 10 steps to run; about ")
        .contains("Each method tuned over 12 candidates on one seed by accuracy, scored on 1 fresh")
        .containsPattern("LoRA\\+ .* \\[-?[0-9.]+, -?[0-9.]+\\]");
    assertThat(out.resolve("tuning.jsonl")).content().hasLineCount(25);
    assertThat(out.resolve("scoring.jsonl")).isRegularFile();
    assertThat(out.resolve("heatmap.png")).isNotEmptyFile();
    assertThat(out.resolve("trials.csv")).content().hasLineCount(25);
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("The paper has no RTE.", "paper glue --small", "data:image/png;base64,");
  }

  @Test
  void aGridAloneIsReadOnSeedsThatAreLeftOut() throws IOException {
    Path out = directory.resolve("out");
    String[] grid = {
      "--grid-only", "--rates-a", "1e-3,2e-3", "--rates-b", "1e-3,8e-3", "--seeds", "2"
    };

    CommandRun run = run("glue", out, grid);
    CommandRun again = run("glue", out, grid);

    assertThat(run.err()).doesNotContain("error");
    assertThat(run.out())
        .contains("8 trials of 10 steps to run", "best of all 4", "best of the 1 near equal")
        .containsPattern("chosen by the other seeds: -?[0-9.]+ \\[");
    assertThat(again.out()).doesNotContain("to run").contains("best of all 4");
  }

  @Test
  void dataOfMavenCentralHasItsOwnMetrics() throws IOException {
    for (String data : List.of("acceptability", "sts")) {
      CommandRun run =
          CommandRun.of(
              "paper",
              "curves",
              "--small",
              "--model",
              oneLayer(TinyBert.createHeadless(directory.resolve("model-" + data))),
              "--data",
              data,
              "--training-texts",
              "32",
              "--development-texts",
              "16",
              "--steps",
              "10",
              "--seeds",
              "1",
              "--evaluations",
              "1",
              "--out",
              directory.resolve(data));

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out())
          .contains(data.equals("sts") ? "STS 2012" : "LanguageTool's sentences")
          .contains(data.equals("sts") ? "pearson" : "matthews_correlation");
    }
  }

  @Test
  void interruptedCommandContinuesToTheSameResultsAndNoOther() throws IOException {
    Path out = directory.resolve("out");
    CommandRun whole = run("curves", out);
    byte[] results = Files.readAllBytes(out.resolve("trials.jsonl"));
    List<String> lines = new ArrayList<>(Files.readAllLines(out.resolve("trials.jsonl")));
    String half = lines.get(2).substring(0, 80);
    Files.writeString(
        out.resolve("trials.jsonl"), String.join("\n", lines.subList(0, 2)) + "\n" + half);

    CommandRun other = run("curves", out, "--steps", "11");
    CommandRun continued = run("curves", out);

    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("holds the results of another sweep");
    assertThat(continued.exitCode()).isZero();
    assertThat(continued.err()).contains("continuing after 1");
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
  void glueNeedsItsTask() {
    CommandRun run = CommandRun.of("paper", "glue", "--glue", directory);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--glue and --task: name both or neither");
  }

  @Test
  void scalesAndGridsBelowOneAreNamedTogether() {
    CommandRun scale = CommandRun.of("paper", "glue", "--seeds", "0", "--batch-size", "-1");
    CommandRun grid = CommandRun.of("paper", "glue", "--rates-a", "2e-3,1e-3");

    assertThat(scale.exitCode()).isEqualTo(1);
    assertThat(scale.err())
        .contains("--batch-size: must be at least 1, got -1", "--seeds: must be at least 1, got 0");
    assertThat(grid.err()).contains("--rates-a: must rise from above 0, got 0.001 after 0.002");
  }

  private static List<String> table(CommandRun run) {
    return run.out().lines().filter(line -> line.startsWith("LoRA")).toList();
  }
}
