package dev.loraplus.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetFaultsTest {
  private final Path directory;

  DatasetFaultsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** Content, format and message; {@code \n} and {@code \t} stand for themselves. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "tsv | text | ^^ | : is empty, at least one example is needed",
        "csv | text | ^^ | : is empty, at least one example is needed",
        "jsonl | text | ^^ | : holds no examples, at least one is needed",
        "tsv | text | text\\tlabel\\n | : holds no examples, at least one is needed",
        "tsv | text | \\nx\\ty | , line 1: is blank, a header is needed",
        "tsv | text | a\\tb\\nx\\ty | : no column 'text', the columns are 'a', 'b'; if these are an example, the file has no header line and its columns are chosen by position",
        "csv | text | text,text,label\\nx,y,z | : column 'text' stands at positions 0 and 1;"
            + " choose by position",
        "tsv | text | text\\tlabel\\nx\\ty\\nx | , line 3: must have 2 fields as the header has,"
            + " got 1",
        "tsv | text | text\\tlabel\\nx\\ty\\n\\nx\\ty | , line 3: is blank; blank lines may stand"
            + " only at the end",
        "jsonl | text | {\"text\": \"x\", \"label\": 1}\\n\\n{} | , line 2: is blank; blank lines"
            + " may stand only at the end",
        "tsv | text | text\\tlabel\\n \\ty | , line 2: column 'text': must not be blank, got ' '",
        "tsv | text | text\\tlabel\\nx\\t | , line 2: label: must not be blank, got ''",
        "csv | score | text,label\\nx,high | , line 2: score: must be a number, got 'high'",
        "csv | score | text,label\\nx,NaN | , line 2: score: must be a number, got 'NaN'",
        "csv | score | text,label\\nx,1e999 | , line 2: score: must be finite, got '1e999'",
        "jsonl | score | {\"text\": \"x\", \"label\": \"1\"} | , line 1: field 'label': must be a"
            + " number, got '\"1\"'",
        "jsonl | text | {\"text\": \"x\", \"label\": 1.5} | , line 1: field 'label': must be a"
            + " string or an integer, got '1.5'",
        "jsonl | text | {\"text\": \"x\", \"label\": null} | , line 1: field 'label': must be a"
            + " string or an integer, got 'null'",
        "jsonl | text | {\"text\": 5, \"label\": 1} | , line 1: field 'text': must be a string that"
            + " is not blank, got '5'",
        "jsonl | text | {\"body\": \"x\", \"label\": 1} | , line 1: no field 'text', the fields are"
            + " 'body', 'label'",
        "jsonl | text | [1] | , line 1: must be a JSON object, got '[1]'",
      })
  void namesFileLineRuleAndValue(String kind, String target, String content, String message)
      throws IOException {
    // given
    Path file = directory.resolve("data." + kind);
    Files.writeString(file, content.replace("\\n", "\n").replace("\\t", "\t"));
    TextFormat format = TextFormat.named("text");
    TextFormat complete = target.equals("score") ? format.score("label") : format.label("label");

    // when / then
    assertThatThrownBy(() -> read(kind, file, complete))
        .isInstanceOf(DataException.class)
        .hasMessage(file + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "csv | text,label\\n\"x,y\\n | , line 2: not valid CSV: ",
        "csv | text,label\\nx,y\\n\"x\"z,y\\n | , line 3: not valid CSV: ",
        "jsonl | {\"text\": \"x\", \"label\": 1}\\n{\"text | , line 2: not valid JSON: ",
        "jsonl | {\"text\": \"x\", \"text\": \"y\"} | , line 1: not valid JSON: Duplicate field",
        "jsonl | {\"text\": \"x\"} {} | , line 1: not valid JSON: ",
      })
  void namesLineOfMalformedContent(String kind, String content, String message) throws IOException {
    // given
    Path file = directory.resolve("data." + kind);
    Files.writeString(file, content.replace("\\n", "\n"));

    // when / then
    assertThatThrownBy(() -> read(kind, file, TextFormat.named("text").label("label")))
        .isInstanceOf(DataException.class)
        .message()
        .startsWith(file + message)
        .hasLineCount(1);
  }

  @Test
  void namesMissingFilesAndDirectories() {
    Path missing = directory.resolve("none.tsv");
    assertThatThrownBy(() -> Dataset.tsv(missing, TextFormat.at(0)))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> Dataset.jsonl(directory, TextFormat.named("text")))
        .isInstanceOf(DataException.class)
        .hasMessage(directory + ": is a directory, a file is needed");
  }

  @Test
  void namesPositionsThatAreNotThere() throws IOException {
    Path file = Files.writeString(directory.resolve("a.tsv"), "x\ty\n");
    assertThatThrownBy(() -> Dataset.tsv(file, TextFormat.at(0).label(2)))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": no column 2, there are 2, counted from 0");
  }

  @Test
  void refusesFormatsThatCannotWork() {
    assertThatThrownBy(() -> TextFormat.at(-1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("column: must be 0 or more, got -1");
    assertThatThrownBy(() -> TextFormat.at(0).label("label"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "column: 'label' is chosen by name, which needs a header line;"
                + " choose by position instead");
    assertThatThrownBy(() -> Dataset.jsonl(directory.resolve("a.jsonl"), TextFormat.at(3)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("column: JSON lines have fields chosen by name, got position 3");
  }

  @Test
  void refusesBlankExamples() {
    assertThatThrownBy(() -> Example.of(" \n"))
        .isInstanceOf(DataException.class)
        .hasMessage("text: must not be blank, got ' \uFFFD'");
    assertThatThrownBy(() -> Example.of("x").withPair(""))
        .isInstanceOf(DataException.class)
        .hasMessage("pair: must not be blank, got ''");
    assertThatThrownBy(() -> Example.labelled("x", ""))
        .isInstanceOf(DataException.class)
        .hasMessage("label: must not be blank, got ''");
    assertThatThrownBy(() -> Example.scored("x", Double.NaN))
        .isInstanceOf(DataException.class)
        .hasMessage("score: must be finite, got NaN");
  }

  @Test
  void shortensLongValues() {
    assertThat(Shown.text("x".repeat(41))).isEqualTo("'" + "x".repeat(40) + "...'");
  }

  private static Dataset read(String kind, Path file, TextFormat format) {
    return switch (kind) {
      case "tsv" -> Dataset.tsv(file, format);
      case "csv" -> Dataset.csv(file, format);
      default -> Dataset.jsonl(file, format);
    };
  }
}
