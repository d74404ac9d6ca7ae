package dev.loraplus.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetFilesTest {
  private final Path directory;

  DatasetFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  @Test
  void readsTabSeparatedLinesWithoutHeader() throws IOException {
    // given
    Path file = file("sst.tsv", "a fine film\t1\nit 's \"bad\t0\r\n");

    // when
    Dataset data = Dataset.tsv(file, TextFormat.at(0).label(1));

    // then
    assertThat(data)
        .containsExactly(
            Example.labelled("a fine film", "1"), Example.labelled("it 's \"bad", "0"));
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.place(1)).isEqualTo(file + ", line 2");
  }

  @Test
  void readsPairsByColumnName() throws IOException {
    // given
    Path file =
        file("mnli.tsv", "id\tpremise\thypothesis\tlabel\n7\tHe ran.\tHe moved.\tentailment\n");

    // when
    Dataset data = Dataset.tsv(file, TextFormat.named("premise").pair("hypothesis").label("label"));

    // then
    assertThat(data)
        .containsExactly(Example.labelled("He ran.", "entailment").withPair("He moved."));
  }

  @Test
  void readsPositionsBehindHeader() throws IOException {
    // given
    Path file = file("stsb.tsv", "a\tb\tscore\none\ttwo\t4.25\n");

    // when
    TextFormat format = TextFormat.at(0).pair(1).score(2).header(TextFormat.Header.FIRST_LINE);

    // then
    assertThat(Dataset.tsv(file, format))
        .containsExactly(Example.scored("one", 4.25).withPair("two"));
  }

  @Test
  void splitsOnlyAtLineFeeds() throws IOException {
    // given: a carriage return, a next-line sign and a line separator inside the text
    Path file = file("odd.tsv", "one\rtwo\u0085three\u2028four\t1\n");

    // when / then
    assertThat(Dataset.tsv(file, TextFormat.at(0).label(1)))
        .containsExactly(Example.labelled("one\rtwo\u0085three\u2028four", "1"));
  }

  @Test
  void acceptsByteOrderMarkAndBlankLinesAtTheEnd() throws IOException {
    // given
    Path tsv = file("bom.tsv", "\uFEFFtext\tlabel\nx\ty\n\n\r\n");
    Path csv = file("bom.csv", "\uFEFFtext,label\nx,y\n\n");
    Path jsonl = file("bom.jsonl", "\uFEFF{\"text\": \"x\", \"label\": \"y\"}\n\n");
    TextFormat format = TextFormat.named("text").label("label");

    // when / then
    assertThat(Dataset.tsv(tsv, format)).containsExactly(Example.labelled("x", "y"));
    assertThat(Dataset.csv(csv, format)).containsExactly(Example.labelled("x", "y"));
    assertThat(Dataset.jsonl(jsonl, format)).containsExactly(Example.labelled("x", "y"));
  }

  @Test
  void readsQuotedCsv() throws IOException {
    // given
    Path file = file("a.csv", "text,label\r\n\"one, \"\"two\"\"\nthree\",pos\r\nplain,\"neg\"\r\n");

    // when
    Dataset data = Dataset.csv(file, TextFormat.named("text").label("label"));

    // then
    assertThat(data)
        .containsExactly(
            Example.labelled("one, \"two\"\nthree", "pos"), Example.labelled("plain", "neg"));
    assertThat(data.place(1)).isEqualTo(file + ", line 4");
  }

  @Test
  void readsJsonLines() throws IOException {
    // given
    Path file =
        file("a.jsonl", "{\"q\": \"caf\\u00e9\", \"y\": 3}\n{\"y\": \"3\", \"q\": \"tea\"}\n");

    // when / then
    assertThat(Dataset.jsonl(file, TextFormat.named("q").label("y")))
        .containsExactly(Example.labelled("café", "3"), Example.labelled("tea", "3"));
    Path scores = file("b.jsonl", "{\"q\": \"x\", \"y\": 3}\n{\"q\": \"x\", \"y\": -1.5e2}");
    assertThat(Dataset.jsonl(scores, TextFormat.named("q").score("y")))
        .containsExactly(Example.scored("x", 3), Example.scored("x", -150));
  }

  @Test
  void readsLinesLongerThanItsBuffer() throws IOException {
    // given
    String text = "é".repeat(100_000);
    Path file = file("long.tsv", text + "\t1\nb\t0");

    // when / then
    assertThat(Dataset.tsv(file, TextFormat.at(0).label(1)))
        .containsExactly(Example.labelled(text, "1"), Example.labelled("b", "0"));
  }

  @Test
  void readsWithoutTargets() throws IOException {
    Path file = file("plain.tsv", "one\ntwo\n");
    assertThat(Dataset.tsv(file, TextFormat.at(0)))
        .containsExactly(Example.of("one"), Example.of("two"));
  }

  @Test
  void copiesIterables() {
    Iterable<Example> source = java.util.List.of(Example.of("x"));
    assertThat(Dataset.of(source)).containsExactly(Example.of("x"));
    assertThatThrownBy(() -> Dataset.of(java.util.List.of()))
        .isInstanceOf(DataException.class)
        .hasMessage("dataset: at least one example is needed, got none");
  }

  @Test
  void namesTheByteThatIsNotUtf8() throws IOException {
    // given
    Path file = directory.resolve("latin1.csv");
    Files.write(file, "text,label\ncafé,1\n".getBytes(StandardCharsets.ISO_8859_1));

    // when / then
    assertThatThrownBy(() -> Dataset.csv(file, TextFormat.named("text").label("label")))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ", line 2: not valid UTF-8, byte 0xE9 at position 4 of the line");
  }
}
