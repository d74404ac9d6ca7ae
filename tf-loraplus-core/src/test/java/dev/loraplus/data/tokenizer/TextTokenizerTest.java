package dev.loraplus.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.tokenizer.TokenizerFixture.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTokenizerTest {

  private static TextTokenizer open(String name) {
    Path directory = TokenizerFixture.directory(name);
    return switch (name) {
      case "lower" -> TextTokenizer.wordPiece(directory, Casing.LOWER);
      case "cased" -> TextTokenizer.wordPiece(directory.resolve("vocab.txt"), Casing.KEEP);
      default -> TextTokenizer.load(directory);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"lower", "cased", "accents", "bytes", "unigram"})
  void givesTheTokensOfThePythonLibrary(String name) throws IOException {
    // given
    TokenizerFixture fixture = TokenizerFixture.read(name);

    try (TextTokenizer tokenizer = open(name)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(fixture.vocabSize());
      for (Case sample : fixture.cases()) {
        // when
        Encoding encoding = tokenizer.encode(sample.text(), sample.pair(), sample.maxLength());

        // then
        assertThat(encoding.ids()).as("ids of %s", sample).isEqualTo(sample.expected().ids());
        assertThat(encoding).as("%s", sample).isEqualTo(sample.expected());
      }
    }
  }

  @Test
  void decodesWhatItEncodedAndFindsTokens() {
    try (TextTokenizer tokenizer = open("bytes")) {
      int[] ids = tokenizer.encode("a b", 64).ids();

      assertThat(tokenizer.decode(ids).strip()).isEqualTo("a b");
      for (int id : ids) {
        assertThat(tokenizer.id(tokenizer.token(id))).hasValue(id);
      }
      assertThat(tokenizer.id("no such token")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes", "unigram"})
  void truncatesAsTheNativeLibrary(String name) throws IOException {
    // given
    List<Case> cases = TokenizerFixture.read(name).cases();
    String json = Files.readString(TokenizerFixture.directory(name).resolve("tokenizer.json"));

    for (int maxLength = 5; maxLength <= 24; maxLength++) {
      Map<String, String> options =
          Map.of("truncation", "longest_first", "padding", "false", "maxLength", "" + maxLength);
      try (TextTokenizer tokenizer = open(name);
          HuggingFaceTokenizer library = HuggingFaceNative.create(json, options)) {
        for (Case sample : cases) {
          // when
          Encoding encoding = tokenizer.encode(sample.text(), sample.pair(), maxLength);

          // then
          ai.djl.huggingface.tokenizers.Encoding expected =
              sample.pair() == null
                  ? library.encode(sample.text())
                  : library.encode(sample.text(), sample.pair());
          assertThat(IntStream.of(encoding.ids()).asLongStream().toArray())
              .as("%s at %d", sample, maxLength)
              .isEqualTo(expected.getIds());
        }
      }
    }
  }

  @Test
  void knowsPaddingAndMask() {
    try (TextTokenizer wordPiece = open("lower");
        TextTokenizer bytes = open("bytes");
        TextTokenizer unigram = open("unigram")) {
      assertThat(wordPiece.padId()).isZero();
      assertThat(wordPiece.maskId()).hasValue(4);
      assertThat(bytes.padId()).isEqualTo(1);
      assertThat(bytes.maskId()).hasValue(4);
      assertThat(unigram.padId()).isZero();
      assertThat(unigram.maskId()).isEmpty();
    }
  }

  @Test
  void givesTheSameTokensFromManyThreads() throws IOException {
    // given
    List<Case> cases = TokenizerFixture.read("bytes").cases();
    try (TextTokenizer tokenizer = open("bytes")) {
      // when
      List<Encoding> encodings =
          IntStream.range(0, 40 * cases.size())
              .parallel()
              .mapToObj(i -> cases.get(i % cases.size()))
              .map(sample -> tokenizer.encode(sample.text(), sample.pair(), sample.maxLength()))
              .toList();

      // then
      for (int i = 0; i < encodings.size(); i++) {
        assertThat(encodings.get(i)).isEqualTo(cases.get(i % cases.size()).expected());
      }
    }
  }

  @Test
  void leavesOfflineSwitchOfOthersAlone() {
    // given
    String before = System.getProperty("ai.djl.offline");

    // when
    open("lower").close();

    // then
    assertThat(System.getProperty("ai.djl.offline")).isEqualTo(before);
  }

  @Test
  void refusesLengthsWithoutRoomForText() {
    try (TextTokenizer tokenizer = open("lower")) {
      assertThatThrownBy(() -> tokenizer.encode("the dog", 2))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("maxLength: must be more than the 2 special tokens, got 2");
      assertThatThrownBy(() -> tokenizer.encode("the dog", "a fox", 3))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("maxLength: must be more than the 3 special tokens, got 3");
    }
  }

  @Test
  void refusesHalfSurrogatePairs() {
    try (TextTokenizer tokenizer = open("lower")) {
      assertThatThrownBy(() -> tokenizer.encode("ab\uD83D", 9))
          .isInstanceOf(DataException.class)
          .hasMessage("text: must be valid Unicode, got a surrogate U+D83D alone at index 2");
      assertThatThrownBy(() -> tokenizer.encode("ok", "\uDE00\uD83D\uDE00", 9))
          .isInstanceOf(DataException.class)
          .hasMessage("pair: must be valid Unicode, got a surrogate U+DE00 alone at index 0");
    }
  }
}
