package dev.loraplus.training.metrics.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.training.metrics.text.WordTokenizer.Casing;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against sacrebleu, nltk and plain Python, by {@code make_text_metric_fixtures.py}. */
class TextMetricsTest {

  private static Stream<JsonNode> fixtures(String kind) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(TextMetricsTest.class.getResourceAsStream("expected.json"))) {
      return StreamSupport.stream(new ObjectMapper().readTree(file).get(kind).spliterator(), false);
    }
  }

  static Stream<JsonNode> words() throws IOException {
    return fixtures("words");
  }

  static Stream<JsonNode> corpora() throws IOException {
    return fixtures("corpora");
  }

  @ParameterizedTest
  @MethodSource("words")
  void textsSplitAsInSacrebleu(JsonNode sample) {
    String text = sample.get("text").textValue();

    assertThat(new WordTokenizer(Casing.KEPT).split(text)).isEqualTo(strings(sample.get("kept")));
    assertThat(new WordTokenizer(Casing.LOWERED).split(text))
        .isEqualTo(strings(sample.get("lowered")));
  }

  @ParameterizedTest
  @MethodSource("corpora")
  void bleuIsThatOfSacrebleu(JsonNode corpus) {
    agree(Bleu.standard().score(candidates(corpus)), corpus.get("bleu"));
    agree(
        new Bleu(new WordTokenizer(Casing.LOWERED)).score(candidates(corpus)),
        corpus.get("bleuLowered"));
  }

  @ParameterizedTest
  @MethodSource("corpora")
  void nistAndRougeAreThoseOfTheirDefinitions(JsonNode corpus) {
    List<CandidateText> candidates = candidates(corpus);

    assertThat(Nist.standard().score(candidates))
        .isCloseTo(corpus.get("nist").doubleValue(), within(1e-9));
    assertThat(RougeL.standard().score(candidates))
        .isCloseTo(corpus.get("rougeL").doubleValue(), within(1e-9));
  }

  @Test
  void theExampleOfBleusPaperIsClipped() {
    // given seven times "the", which a reference has twice
    CandidateText candidate =
        new CandidateText(
            "the the the the the the the",
            List.of("the cat is on the mat", "there is a cat on the mat"));

    // when
    Bleu.Score score = Bleu.standard().score(List.of(candidate));

    // then
    assertThat(score.precisions().get(0)).isCloseTo(100 * 2.0 / 7, within(1e-12));
  }

  @Test
  void equalTextsHaveAllPoints() {
    List<CandidateText> same =
        List.of(new CandidateText("a b c d e f", List.of("x", "a b c d e f")));

    assertThat(Bleu.standard().score(same).value()).isCloseTo(100, within(1e-9));
    assertThat(RougeL.standard().score(same)).isCloseTo(100, within(1e-9));
  }

  @Test
  void theLongestCommonSubsequenceNeedNotBeConnected() {
    assertThat(RougeL.common(List.of("a", "x", "b", "c"), List.of("a", "b", "y", "c", "a")))
        .isEqualTo(3);
    assertThat(RougeL.common(List.of(), List.of("a"))).isZero();
  }

  @Test
  void nothingToScoreIsRefused() {
    assertThatThrownBy(() -> Bleu.standard().score(List.of()))
        .hasMessage("candidates: at least one text is needed, got none");
    assertThatThrownBy(() -> new CandidateText("a", List.of()))
        .hasMessage("references: at least one is needed, got none for 'a'");
    assertThatThrownBy(() -> new RougeL(new WordTokenizer(Casing.KEPT), 0))
        .hasMessage("beta: must be above 0 and finite, got 0.0");
  }

  private static void agree(Bleu.Score score, JsonNode expected) {
    assertThat(score.value()).isCloseTo(expected.get("value").doubleValue(), within(1e-9));
    assertThat(score.brevityPenalty())
        .isCloseTo(expected.get("brevityPenalty").doubleValue(), within(1e-12));
    assertThat(score.words()).isEqualTo(expected.get("words").longValue());
    assertThat(score.referenceWords()).isEqualTo(expected.get("referenceWords").longValue());
    for (int n = 0; n < 4; n++) {
      assertThat(score.precisions().get(n))
          .isCloseTo(expected.get("precisions").get(n).doubleValue(), within(1e-9));
    }
  }

  private static List<CandidateText> candidates(JsonNode corpus) {
    List<CandidateText> candidates = new ArrayList<>();
    for (JsonNode each : corpus.get("candidates")) {
      candidates.add(
          new CandidateText(each.get("text").textValue(), strings(each.get("references"))));
    }
    return candidates;
  }

  private static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
  }
}
