package dev.loraplus.samples.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DataOptionsTest {
  private Path directory;

  @BeforeEach
  void write(@TempDir Path target) {
    directory = target;
  }

  @Test
  void aTableHasAHeaderAndTheUsualNames() throws IOException {
    Path file = file("a.tsv", "label\ttext\n1\tgood\n");

    assertThat(read(file, TaskKind.CLASSIFICATION)).containsExactly(Example.labelled("good", "1"));
  }

  @Test
  void withoutAHeaderTheTextComesFirst() throws IOException {
    Path file = file("a.csv", "\"good, \"\"very\"\"\",0.5\n");

    assertThat(read(file, TaskKind.REGRESSION, "--no-header"))
        .containsExactly(Example.scored("good, \"very\"", 0.5));
  }

  @Test
  void columnsAreChosenByNameOrPosition() throws IOException {
    Path file = file("a.tsv", "id\tpremise\thypothesis\tgold\n7\ta\tb\tyes\n");
    Example expected = Example.labelled("a", "yes").withPair("b");

    assertThat(
            read(
                file,
                TaskKind.CLASSIFICATION,
                "--text-column=premise",
                "--pair-column=2",
                "--label-column=gold"))
        .containsExactly(expected);
  }

  @Test
  void jsonFieldsHaveNamesEvenIfTheseAreDigits() throws IOException {
    Path file = file("a.jsonl", "{\"0\": \"good\", \"label\": 1}\n");

    assertThat(read(file, TaskKind.CLASSIFICATION, "--text-column=0"))
        .containsExactly(Example.labelled("good", "1"));
    assertThatThrownBy(() -> read(file, TaskKind.CLASSIFICATION, "--no-header"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--header: ")
        .hasMessageContaining("has no header line");
  }

  @Test
  void aMaskedLanguageModelReadsTextsOnly() throws IOException {
    Path file = file("a.jsonl", "{\"text\": \"good\"}\n");

    assertThat(read(file, TaskKind.MASKED_LM)).containsExactly(Example.of("good"));
    assertThatThrownBy(() -> read(file, TaskKind.MASKED_LM, "--label-column=x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--label-column: ");
  }

  @Test
  void aMissingHeaderIsExplained() throws IOException {
    Path file = file("a.tsv", "good\t1\nbad\t0\n");

    assertThatThrownBy(() -> read(file, TaskKind.CLASSIFICATION))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "no column 'text', the columns are 'good', '1'; if these are an"
                + " example, the file has no header line");
  }

  @Test
  void aHeaderThatIsTakenForAnExampleIsNoticed() throws IOException {
    Path file = file("a.tsv", "text\tlabel\ngood\t1\nbad\t1\n");
    DataOptions options = parse("--no-header").data;
    Dataset data = options.examples(file, TaskKind.CLASSIFICATION, new TargetOptions());

    assertThatThrownBy(() -> options.requireNoHeaderLine(data))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "line 1: no other line has its label, 'label'; if it is a header,"
                + " drop --no-header, and if not, name all classes with --labels");
  }

  @Test
  void columnsAreDifferentAndEndingsKnown() throws IOException {
    Path file = file("a.tsv", "a\tb\n");
    Path other = file("a.txt", "a\tb\n");

    assertThatThrownBy(() -> read(file, TaskKind.CLASSIFICATION, "--no-header", "--pair-column=1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("columns: text, pair and label must be different, got 0, 1 and 1");
    assertThatThrownBy(() -> read(other, TaskKind.CLASSIFICATION))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(other + ": must end in .tsv, .csv or .jsonl");
  }

  private static Dataset read(Path file, TaskKind kind, String... arguments) {
    Probe probe = parse(arguments);
    return probe.data.examples(file, kind, probe.target);
  }

  private static Probe parse(String... arguments) {
    Probe probe = new Probe();
    new CommandLine(probe).parseArgs(arguments);
    return probe;
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  @Command
  private static final class Probe {
    @Mixin private final DataOptions data = new DataOptions();
    @Mixin private final TargetOptions target = new TargetOptions();
  }
}
