package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.data.DataException;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a tokenizer's files and makes the tokenizer. */
final class TokenizerLoader {
  private static final String FAST = "tokenizer.json";
  private static final String WORD_PIECE = "vocab.txt";
  private static final String LOWER_CASE = "do_lower_case";

  private TokenizerLoader() {}

  static TextTokenizer load(Path path) {
    if (!Files.isDirectory(path)) {
      String name = String.valueOf(path.getFileName());
      if (name.endsWith(FAST)) {
        return fast(path);
      }
      if (name.equals(WORD_PIECE)) {
        return wordPiece(path);
      }
      throw JsonFiles.fault(path, "must end in tokenizer.json, be vocab.txt or a directory");
    }
    if (Files.exists(path.resolve(FAST))) {
      return fast(path.resolve(FAST));
    }
    if (Files.exists(path.resolve(WORD_PIECE))) {
      return wordPiece(path.resolve(WORD_PIECE));
    }
    throw JsonFiles.fault(path, "holds neither tokenizer.json nor vocab.txt");
  }

  static TextTokenizer wordPiece(Path path, Casing casing) {
    Path vocabulary = Files.isDirectory(path) ? path.resolve(WORD_PIECE) : path;
    TokenizerConfig config = TokenizerConfig.beside(vocabulary);
    boolean lower = casing == Casing.LOWER;
    if (config.flag(LOWER_CASE).orElse(lower) != lower) {
      throw JsonFiles.fault(
          config.file(), "%s is %s, which contradicts %s".formatted(LOWER_CASE, !lower, casing));
    }
    return build(vocabulary, new WordPieceVocabulary(vocabulary, config).tokenizer(casing), config);
  }

  private static TextTokenizer wordPiece(Path vocabulary) {
    boolean lower =
        TokenizerConfig.beside(vocabulary)
            .flag(LOWER_CASE)
            .orElseThrow(
                () ->
                    JsonFiles.fault(
                        vocabulary,
                        "no tokenizer_config.json beside it says do_lower_case;"
                            + " call TextTokenizer.wordPiece with a casing"));
    return wordPiece(vocabulary, lower ? Casing.LOWER : Casing.KEEP);
  }

  private static TextTokenizer fast(Path file) {
    ObjectNode tokenizer = JsonFiles.read(file);
    String side = tokenizer.path("truncation").path("direction").asText("Right");
    if (!side.equals("Right")) {
      throw JsonFiles.fault(file, "truncation.direction: must be \"Right\", got \"" + side + "\"");
    }
    return build(file, tokenizer, TokenizerConfig.beside(file));
  }

  private static TextTokenizer build(Path file, ObjectNode tokenizer, TokenizerConfig config) {
    config.requireRightTruncation();
    Vocabulary vocabulary = new Vocabulary(file, tokenizer);
    NativeTokenizer.SpecialIds ids = vocabulary.specialIds(config);
    // Lengths are chosen here, call by call.
    tokenizer.putNull("truncation").putNull("padding");
    try {
      return new NativeTokenizer(
          HuggingFaceNative.create(JsonTree.text(tokenizer), HuggingFaceNative.WHOLE),
          ids,
          vocabulary.tokens());
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new DataException(file + ": not a tokenizer that can be read: " + reason, e);
    }
  }
}
