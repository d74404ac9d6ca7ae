package dev.loraplus.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelIndexTest {

  private static Dataset labels(String... names) {
    return Dataset.of(Stream.of(names).map(name -> Example.labelled("x", name)).toList());
  }

  @Test
  void sortsIntegersByValue() {
    assertThat(LabelIndex.collect(labels("10", "9", "-1", "9")).names())
        .containsExactly("-1", "9", "10");
  }

  @Test
  void sortsNamesAsText() {
    assertThat(LabelIndex.collect(labels("10", "9", "b", "a")).names())
        .containsExactly("10", "9", "a", "b");
  }

  @Test
  void keepsGivenOrder() {
    // given
    LabelIndex index = LabelIndex.of(List.of("neutral", "entailment"));

    // when / then
    assertThat(index.ids(labels("entailment", "neutral"))).containsExactly(1, 0);
    assertThat(index.id("neutral")).isZero();
    assertThat(index.name(1)).isEqualTo("entailment");
    assertThat(index.size()).isEqualTo(2);
  }

  @Test
  void namesUnknownLabelWithItsLine(@TempDir Path directory) throws Exception {
    // given
    Path file = Files.writeString(directory.resolve("a.tsv"), "x\t0\ny\tpos\n");
    Dataset data = Dataset.tsv(file, TextFormat.at(0).label(1));

    // when / then
    assertThatThrownBy(() -> LabelIndex.of(List.of("0", "1")).ids(data))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ", line 2: label: unknown, got 'pos', the labels are [0, 1]");
    assertThatThrownBy(() -> LabelIndex.of(List.of("0", "1")).id("2"))
        .isInstanceOf(DataException.class)
        .hasMessage("label: unknown, got '2', the labels are [0, 1]");
  }

  @Test
  void refusesTooFewOrRepeatedLabels() {
    assertThatThrownBy(() -> LabelIndex.of(List.of("a")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("labels: at least two are needed, got [a]");
    assertThatThrownBy(() -> LabelIndex.of(List.of("a", "b", "a")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("labels: must be distinct, got [a, b, a]");
    assertThatThrownBy(() -> LabelIndex.collect(labels("a", "a")))
        .isInstanceOf(DataException.class)
        .hasMessage("example 0: labels: at least two are needed, all examples have 'a'");
  }

  @Test
  void refusesOtherTargets() {
    assertThatThrownBy(() -> LabelIndex.collect(Dataset.of(List.of(Example.scored("x", 1)))))
        .isInstanceOf(DataException.class)
        .hasMessage("example 0: a label is needed, got Score[value=1.0]");
  }
}
