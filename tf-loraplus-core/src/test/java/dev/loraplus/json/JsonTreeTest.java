package dev.loraplus.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside Jackson's own trees. */
class JsonTreeTest {
  static List<String> texts() {
    return List.of(
        "{}",
        "[]",
        "null",
        "true",
        "\"caf\\u00e9 \\\\ \\n \\u0001\"",
        "-0",
        "2147483647",
        "2147483648",
        "9223372036854775808",
        "-1.5e-3",
        "1e999",
        "{\"a\":{\"b\":[1,2.5,[],{},false,null,\"x\"]},\"\":0}");
  }

  @ParameterizedTest
  @MethodSource("texts")
  @ValueSource(strings = {"", " \n"})
  void isWhatJacksonMakesOfIt(String text) throws IOException {
    assertThat(JsonTree.parse(text)).isEqualTo(new ObjectMapper().readTree(text));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isWrittenAsJacksonDoes(String text) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode tree = mapper.readTree(text);

    assertThat(JsonTree.text(tree)).isEqualTo(mapper.writeValueAsString(tree));
    assertThat(JsonTree.pretty(tree))
        .isEqualTo(mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a": 1, "a": 2} | Duplicate field 'a'
          {} {}            | something follows
          {"a": 1          | end-of-input
          [1, 2            | end-of-input
          {"a":            | end-of-input
          [1,]             | Unexpected character
          {'a': 1}         | double-quote
          NaN              | NaN
          """)
  void refusesWhatIsNotJson(String text, String reason) {
    assertThatThrownBy(() -> JsonTree.parse(text))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatIsTooDeep() {
    assertThatThrownBy(() -> JsonTree.parse("[".repeat(100_000)))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("depth");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-32"})
  void findsOutHowAFileIsEncoded(String encoding, @TempDir Path directory) throws IOException {
    Path file = directory.resolve("file.json");
    Files.write(file, "{\"name\": \"é\"}".getBytes(encoding));

    assertThat(JsonTree.read(file).path("name").textValue()).isEqualTo("é");
  }

  @Test
  void refusesTextThatIsNotUtf8(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("file.json");
    Files.write(file, "{\"name\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> JsonTree.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("UTF-8");
  }
}
