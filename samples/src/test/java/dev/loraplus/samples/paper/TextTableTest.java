package dev.loraplus.samples.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    TextTable table = new TextTable("method", "loss").row("LoRA+", "0.0123").row("LoRA", "1");

    assertThat(table.render().lines())
        .containsExactly("method  loss", "------  ------", "LoRA+   0.0123", "LoRA    1");
  }

  @Test
  void csvQuotesWhatNeedsIt() {
    assertThat(new TextTable("a", "b").row("1, 2", "say \"x\"").csv())
        .isEqualTo("a,b\n\"1, 2\",\"say \"\"x\"\"\"\n");
  }

  @Test
  void rowsHaveACellForEachColumn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TextTable("a", "b").row("1"))
        .withMessage("row: must have 2 cells, got 1");
  }

  @Test
  void ratesAndDurationsAreShort() {
    assertThat(Texts.rate(2e-4)).isEqualTo("2e-04");
    assertThat(Texts.rate(2.154e-3)).isEqualTo("2.15e-03");
    assertThat(ProgressLines.text(99)).isEqualTo("99 s");
    assertThat(ProgressLines.text(600)).isEqualTo("10 min");
    assertThat(ProgressLines.text(9000)).isEqualTo("2.5 h");
  }
}
