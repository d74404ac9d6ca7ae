package dev.loraplus.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFaultsTest {
  private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n";

  private final Path directory;

  TokenizerFaultsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static AbstractThrowableAssert<?, ?> assertLoading(Path path) {
    return assertThatThrownBy(() -> TextTokenizer.load(path)).isInstanceOf(DataException.class);
  }

  @Test
  void namesWhatIsMissing() {
    Path none = directory.resolve("x.bin");
    assertLoading(directory).hasMessage(directory + ": holds neither tokenizer.json nor vocab.txt");
    assertLoading(none)
        .hasMessage(none + ": must end in tokenizer.json, be vocab.txt or a directory");
    Path file = directory.resolve("tokenizer.json");
    assertLoading(file).hasMessage(file + ": no such file");
  }

  @Test
  void namesWhatIsDamaged() throws IOException {
    Path file = write("tokenizer.json", "{\n\"model\": ");
    assertLoading(file).message().startsWith(file + ", line 2: not valid JSON: ").hasLineCount(1);
    write("tokenizer.json", "{\"model\": {}}");
    assertLoading(file)
        .hasMessage(file + ": no vocabulary at model.vocab; is it a tokenizer.json?");
    write("tokenizer.json", "{\"model\": {\"type\": \"Other\", \"vocab\": {\"[PAD]\": 0}}}");
    assertLoading(file)
        .message()
        .startsWith(file + ": not a tokenizer that can be read: ")
        .hasLineCount(1);
  }

  @Test
  void padsWithTheTokenThatEndsTextsWhereThereIsNoOther() throws IOException {
    // given
    Path file =
        write(
            "tokenizer.json",
            "{\"model\": {\"type\": \"WordLevel\", \"unk_token\": \"a\", \"vocab\": {\"a\": 0,"
                + " \"z\": 7}}}");
    write("tokenizer_config.json", "{\"eos_token\": \"z\"}");

    // when / then
    try (TextTokenizer tokenizer = TextTokenizer.load(file)) {
      assertThat(tokenizer.padId()).isEqualTo(7);
    }
  }

  @Test
  void needsPaddingToken() throws IOException {
    // given
    Path file =
        write(
            "tokenizer.json",
            "{\"model\": {\"type\": \"WordLevel\", \"unk_token\": \"a\", \"vocab\": {\"a\": 0,"
                + " \"z\": 7}}}");

    // when / then
    assertLoading(file)
        .hasMessage(file + ": no padding token: set pad_token in tokenizer_config.json beside it");
    write("tokenizer_config.json", "{\"pad_token\": \"b\"}");
    assertLoading(file)
        .hasMessage(file + ": pad_token 'b' of the configuration is not in the vocabulary");
    write("tokenizer_config.json", "{\"pad_token\": {\"content\": \"z\"}}");
    try (TextTokenizer tokenizer = TextTokenizer.load(file)) {
      assertThat(tokenizer.padId()).isEqualTo(7);
      assertThat(tokenizer.vocabSize()).isEqualTo(8);
    }
  }

  @Test
  void needsWordAboutCasing() throws IOException {
    // given
    Path file = write("vocab.txt", VOCABULARY);

    // when / then
    assertLoading(file)
        .hasMessage(
            file
                + ": no tokenizer_config.json beside it says do_lower_case;"
                + " call TextTokenizer.wordPiece with a casing");
    Path config = write("tokenizer_config.json", "{\"do_lower_case\": false}");
    assertThatThrownBy(() -> TextTokenizer.wordPiece(directory, Casing.LOWER))
        .isInstanceOf(DataException.class)
        .hasMessage(config + ": do_lower_case is false, which contradicts LOWER");
    write("tokenizer_config.json", "{\"do_lower_case\": 1}");
    assertLoading(file).hasMessage(config + ": do_lower_case: must be true or false, got 1");
  }

  @Test
  void needsSpecialTokens() throws IOException {
    Path file = write("vocab.txt", VOCABULARY.replace("[SEP]", "</s>"));
    assertThatThrownBy(() -> TextTokenizer.wordPiece(file, Casing.KEEP))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": must hold the token '[SEP]' (sep_token)");

    write("special_tokens_map.json", "{\"sep_token\": \"</s>\"}");
    try (TextTokenizer tokenizer = TextTokenizer.wordPiece(file, Casing.KEEP)) {
      assertThat(tokenizer.encode("ab a", 9).ids()).containsExactly(2, 5, 6, 5, 3);
    }
  }

  @Test
  void readsWindowsLineEndsAndEmptyVocabularies() throws IOException {
    Path file = write("vocab.txt", VOCABULARY.replace("\n", "\r\n"));
    try (TextTokenizer tokenizer = TextTokenizer.wordPiece(file, Casing.KEEP)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(7);
    }
    write("vocab.txt", "");
    assertThatThrownBy(() -> TextTokenizer.wordPiece(file, Casing.KEEP))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": is empty, a token a line is needed");
  }

  @Test
  void refusesTruncationFromTheLeft() throws IOException {
    write("vocab.txt", VOCABULARY);
    Path config =
        write("tokenizer_config.json", "{\"do_lower_case\": true, \"truncation_side\": \"left\"}");
    assertLoading(directory)
        .hasMessage(config + ": truncation_side: must be \"right\", got \"left\"");
  }
}
