package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Python's tokenizers make of some texts, written by {@code make_tokenizer_fixtures.py}.
 *
 * @param vocabSize size of the vocabulary
 * @param cases texts and their tokens
 */
record TokenizerFixture(int vocabSize, List<Case> cases) {

  record Case(String text, @Nullable String pair, int maxLength, Encoding expected) {}

  static Path directory(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TokenizerFixture.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static TokenizerFixture read(String name) throws IOException {
    JsonNode root = new ObjectMapper().readTree(directory(name).resolve("expected.json").toFile());
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : root.get("cases")) {
      cases.add(
          new Case(
              node.get("text").textValue(),
              node.get("pair").textValue(),
              node.get("maxLength").intValue(),
              new Encoding(
                  ints(node.get("ids")), ints(node.get("typeIds")), ints(node.get("special")))));
    }
    return new TokenizerFixture(root.get("vocabSize").intValue(), cases);
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
