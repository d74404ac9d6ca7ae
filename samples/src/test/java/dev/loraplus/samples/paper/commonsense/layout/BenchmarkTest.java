package dev.loraplus.samples.paper.commonsense.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkTest {
  private final Path root;

  BenchmarkTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void hellaSwagLosesTheMarksOfWikiHow() throws IOException {
    Question question =
        read(
            Benchmark.HELLASWAG,
            """
            {"activity_label": "Baking", "ctx_a": "[header] How to bake [title] Warm it.",\
             "ctx_b": "then YOU", "endings": ["[substeps] eat  it.", "go"], "label": "1"}
            """);

    assertThat(question.options())
        .containsExactly(
            new Question.Option("Baking: How to bake. Warm it. Then you", " eat it."),
            new Question.Option("Baking: How to bake. Warm it. Then you", " go"));
    assertThat(question.answer()).isEqualTo(1);
    assertThat(question.solved()).endsWith("Then you go");
  }

  @Test
  void winoGrandeScoresTheRestOfTheSentence() throws IOException {
    Question question =
        read(
            Benchmark.WINOGRANDE,
            """
            {"sentence": "Ann called Bea, _ was ill.", "option1": "Ann", "option2": "Bea",\
             "answer": "2"}
            """);

    assertThat(question.options())
        .containsExactly(
            new Question.Option("Ann called Bea, Ann", " was ill."),
            new Question.Option("Ann called Bea, Bea", " was ill."));
    assertThat(question.answer()).isEqualTo(1);
  }

  @Test
  void theFilesOfLlmAdaptersAreReadForEveryBenchmark() throws IOException {
    Path file =
        Files.writeString(
            root.resolve("test.json"),
            """
            [{"instruction": "Is it? Answer format: true/false", "input": "", "output": "",
              "answer": "false"}]
            """);

    for (Benchmark benchmark : Benchmark.values()) {
      Question question = benchmark.read(file, Optional.empty()).get(0);

      assertThat(question.options())
          .extracting(Question.Option::text)
          .containsExactly(" true", " false");
      assertThat(question.answer()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOLQ|{\"question\": \"a\", \"answer\": \"perhaps\"}|field 'answer' must be true or false",
        "PIQA|{\"goal\": \"a\", \"sol1\": \"b\", \"sol2\": \"c\", \"label\": 2}|one of 2 options, got number 3",
        "PIQA|{\"goal\": \"a\", \"sol1\": \"b\", \"sol2\": \"c\"}|field 'label' must be a number, got nothing",
        "WINOGRANDE|{\"sentence\": \"no gap\"}|must have a gap _ and words after it, got 'no gap'",
        "ARC|{\"question\": \"a\", \"choices\": {\"text\": [\"b\", \"c\"], \"label\": [\"A\", \"B\"]}, \"answerKey\": \"D\"}|one of [A, B], got 'D'",
        "HELLASWAG|{\"activity_label\": \"a\", \"ctx\": \"b\", \"endings\": [], \"label\": 0}|'endings' must be a list",
        "OPENBOOKQA|not json|line 1: not valid JSON",
        "BOOLQ|{\"instruction\": \"a\", \"answer\": \"b\"}|must end with 'Answer format:'"
      })
  void whatIsNoQuestionIsNamedWithItsPlace(Benchmark benchmark, String line, String fault)
      throws IOException {
    Path file = Files.writeString(root.resolve("bad.jsonl"), line);

    assertThatThrownBy(() -> benchmark.read(file, Optional.empty()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ", line 1: ")
        .hasMessageContaining(fault);
  }

  @Test
  void labelsOfAnotherFileMustBeAsMany() throws IOException {
    Path file =
        Files.writeString(
            root.resolve("piqa.jsonl"), "{\"goal\": \"a\", \"sol1\": \"b\", \"sol2\": \"c\"}");
    Path labels = Files.write(root.resolve("labels.lst"), List.of("0", "1"));

    assertThatThrownBy(() -> Benchmark.PIQA.read(file, Optional.of(labels)))
        .hasMessage(labels + ": must have a line for each of 1 questions, got 2");
  }

  @Test
  void mmluRowsHaveFourOptionsAndALetter() throws IOException {
    Path file = Files.writeString(root.resolve("world_history_test.csv"), "Who?,a,b,c,d,E\n");

    assertThat(Benchmark.MMLU.heading(file)).contains("about world history.");
    assertThatThrownBy(() -> Benchmark.MMLU.read(file, Optional.empty()))
        .hasMessageStartingWith(file + ", row 1: must be a question, four options and a letter");
  }

  private Question read(Benchmark benchmark, String line) throws IOException {
    Path file = Files.writeString(root.resolve("questions.jsonl"), line);
    return benchmark.read(file, Optional.empty()).get(0);
  }
}
