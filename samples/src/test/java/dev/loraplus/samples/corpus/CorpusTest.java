package dev.loraplus.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.loraplus.data.Example;
import dev.loraplus.data.Target;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CorpusTest {
  @Test
  void sentencesAreGoodOrBadAndRulesAreNotTornApart() {
    String rules =
        """
        <?xml version="1.0"?>
        <!DOCTYPE rules [<!ENTITY good "good">]>
        <rules>
          <rulegroup id="A">
            <rule><example correction="is">He <marker>are</marker>
              here.</example></rule>
            <rule id="not-the-group"><example>He is &good;.</example></rule>
          </rulegroup>
          <rule id="B"><example correction="|an">A <marker>a</marker> b.</example>
            <example type="triggers_error">Said nothing of.</example>
            <example>He is good.</example></rule>
        </rules>
        """;

    Halves halves =
        AcceptableSentences.load(new ByteArrayInputStream(rules.getBytes(StandardCharsets.UTF_8)));

    assertThat(
            Stream.of(halves.training(), halves.development())
                .map(data -> data.examples().stream().map(CorpusTest::words).toList()))
        .containsExactlyInAnyOrder(
            java.util.List.of("0 He are here.", "1 He is good."), java.util.List.of("0 A a b."));
  }

  private static String words(Example example) {
    return ((Target.Label) example.target()).name() + " " + example.text();
  }

  @Test
  void damagedRulesAreNamed() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                AcceptableSentences.load(
                    new ByteArrayInputStream("<rules>".getBytes(StandardCharsets.UTF_8))))
        .withMessageContaining("grammar.xml is damaged");
  }

  @Test
  void theArtifactOfLanguageToolHasBothKinds() {
    Halves halves = AcceptableSentences.load();

    long bad = halves.training().examples().stream().filter(e -> words(e).startsWith("0 ")).count();
    assertThat(halves.training().size()).isBetween(18_000, 21_000);
    assertThat(halves.development().size()).isBetween(2_000, 3_500);
    assertThat(bad / (double) halves.training().size()).isBetween(0.3, 0.5);
    assertThat(halves.training().examples()).doesNotContainAnyElementsOf(halves.development());
  }

  @Test
  void theArtifactOfDkproHasScoresForAllPairs() {
    Halves halves = StsPairs.load();

    assertThat(halves.training().size()).isEqualTo(2234);
    assertThat(halves.development().size()).isEqualTo(1959);
    Example bicycle = halves.training().get(750);
    assertThat(bicycle.text()).isEqualTo("A man is riding a bicycle.");
    assertThat(bicycle.pair()).isEqualTo("A man is riding a bike.");
    assertThat(bicycle.target()).isEqualTo(new Target.Score(5));
  }
}
