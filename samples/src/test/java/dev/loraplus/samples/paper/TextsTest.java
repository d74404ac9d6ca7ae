package dev.loraplus.samples.paper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void ratesAndDurationsAreShort() {
    assertThat(Texts.rate(2e-4)).isEqualTo("2e-04");
    assertThat(Texts.rate(2.154e-3)).isEqualTo("2.15e-03");
    assertThat(ProgressLines.text(99)).isEqualTo("99 s");
    assertThat(ProgressLines.text(600)).isEqualTo("10 min");
    assertThat(ProgressLines.text(9000)).isEqualTo("2.5 h");
  }

  @Test
  void findingsAreBrokenForTheConsole() {
    String words = "word ".repeat(30).strip();

    assertThat(Findings.titled("Title").text(words).text().lines())
        .startsWith("Title", "")
        .allMatch(line -> line.length() <= 100)
        .hasSize(4);
  }
}
