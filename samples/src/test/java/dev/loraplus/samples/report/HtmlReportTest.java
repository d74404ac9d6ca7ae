package dev.loraplus.samples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private final Path directory;

  HtmlReportTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void aPageHoldsItsPicturesAndLoadsNothing() throws IOException {
    // given
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 0, 1, 2, (byte) 0xFF};
    Path picture = Files.write(directory.resolve("map.png"), png);
    RunFacts facts =
        new RunFacts(
            "paper toy --out \"a & b\"",
            Instant.parse("2025-03-04T05:06:07Z"),
            Duration.ofSeconds(425),
            "2 cores",
            "Java 17");

    // when
    Path file = directory.resolve("report.html");
    HtmlReport.titled("A < B")
        .text("p < 0.05 & more")
        .table(Table.of("BLEU", "method", "ours", "paper").with("LoRA+", "68.1 ± 0.2", ""))
        .picture(picture, "A \"map\"")
        .facts(facts)
        .write(file);

    // then
    String page = Files.readString(file);
    Matcher image = Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"").matcher(page);
    assertThat(image.find()).isTrue();
    assertThat(new ByteArrayInputStream(Base64.getDecoder().decode(image.group(1))))
        .hasBinaryContent(png);
    assertThat(page)
        .contains("<title>A &lt; B</title>", "<p>p &lt; 0.05 &amp; more</p>")
        .contains("<th scope=\"row\">LoRA+</th><td class=\"number\">68.1 ± 0.2</td>")
        .contains("alt=\"A &quot;map&quot;\"")
        .contains("<td>paper toy --out &quot;a &amp; b&quot;</td>")
        .contains("7 min 5 s", "2025-03-04 05:06 UTC", "2 cores", "Java 17")
        .doesNotContain("http");
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(page)).isTrue();
  }

  @Test
  void tablesLineUpInTheTerminal() {
    Table table =
        Table.of("Scores", "method", "ours", "from")
            .with("LoRA", "9.5", "paper")
            .with("LoRA+", "10.25", "");

    assertThat(table.render())
        .isEqualTo(
            """
            Scores
            method   ours  from
            LoRA      9.5  paper
            LoRA+   10.25  -
            """);
  }

  @Test
  void csvQuotesWhatNeedsIt() {
    Table table = Table.of("Scores", "a", "b").with("x,y", "say \"hi\"").with("1", "");

    assertThat(table.csv()).isEqualTo("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n1,\n");
  }

  @Test
  void whatCannotBeShownIsRefused() {
    assertThatThrownBy(() -> Table.of("", "a", "b").with("1"))
        .hasMessage("table: a row of 2 columns has 1 cells: [1]");
    assertThatThrownBy(() -> HtmlReport.titled("x").picture(directory.resolve("none.png"), "none"))
        .hasMessageContaining("cannot read the picture " + directory.resolve("none.png"));
    assertThatThrownBy(() -> HtmlReport.titled("x").write(directory.resolve("a").resolve("b")))
        .hasMessageContaining("cannot write the report to ");
  }

  @Test
  void theFactsOfThisMachineAreFound() {
    RunFacts facts = RunFacts.of("paper toy", Duration.ofMillis(1600));

    assertThat(facts.machine()).contains(" cores, ").contains(System.getProperty("os.arch"));
    assertThat(facts.versions()).contains("TensorFlow 2.", System.getProperty("java.version"));
    assertThat(RunFacts.duration(facts.wallTime())).isEqualTo("2 s");
    assertThat(RunFacts.duration(Duration.ofMinutes(133))).isEqualTo("2 h 13 min");
  }
}
