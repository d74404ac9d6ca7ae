package dev.loraplus.data;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.Streams;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.TextFormat.TargetColumn;
import dev.loraplus.data.TextFormat.TargetKind;
import org.jspecify.annotations.Nullable;

/** Makes examples of JSON objects, one a line. */
final class JsonlReader {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final DataFile file;
  private final String text;
  private final @Nullable String pair;
  private final @Nullable TargetColumn target;

  JsonlReader(DataFile file, TextFormat format) {
    this.file = file;
    this.text = name(format.text());
    this.pair = format.pair() == null ? null : name(format.pair());
    this.target = format.target();
  }

  Dataset read() {
    Dataset.Collector examples = new Dataset.Collector(file);
    try (LineReader lines = new LineReader(file)) {
      int blank = 0;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank()) {
          blank = blank == 0 ? lines.line() : blank;
        } else if (blank > 0) {
          throw file.faultAt(blank, "is blank; blank lines may stand only at the end");
        } else {
          examples.add(lines.line(), example(lines.line(), line));
        }
      }
    }
    return examples.finish();
  }

  private Example example(int line, String content) {
    JsonNode object = object(file, line, content);
    return new Example(
        text(line, object, text),
        pair == null ? null : text(line, object, pair),
        target == null ? new Target.None() : target(line, object, target));
  }

  /** The object on a line. */
  static JsonNode object(DataFile file, int line, String content) {
    JsonNode node;
    try {
      node = MAPPER.readTree(content);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
      throw new DataException(file.place(line) + ": not valid JSON: " + reason, e);
    }
    if (!node.isObject()) {
      throw file.faultAt(line, "must be a JSON object, got %s", Shown.text(content));
    }
    return node;
  }

  private String text(int line, JsonNode object, String field) {
    JsonNode node = field(line, object, field);
    if (!node.isTextual() || node.textValue().isBlank()) {
      throw file.faultAt(
          line,
          "field %s: must be a string that is not blank, got %s",
          Shown.text(field),
          Shown.text(node.toString()));
    }
    return node.textValue();
  }

  private Target target(int line, JsonNode object, TargetColumn column) {
    String field = name(column.column());
    JsonNode node = field(line, object, field);
    boolean readable =
        column.kind() == TargetKind.SCORE
            ? node.isNumber()
            : node.isTextual() || node.isIntegralNumber();
    if (readable) {
      return TargetText.read(file, line, column.kind(), node.asText());
    }
    throw file.faultAt(
        line,
        "field %s: must be %s, got %s",
        Shown.text(field),
        column.kind() == TargetKind.SCORE ? "a number" : "a string or an integer",
        Shown.text(node.toString()));
  }

  private JsonNode field(int line, JsonNode object, String field) {
    JsonNode node = object.get(field);
    if (node == null) {
      throw file.faultAt(
          line,
          "no field %s, the fields are %s",
          Shown.text(field),
          Streams.stream(object.fieldNames()).map(Shown::text).collect(joining(", ")));
    }
    return node;
  }

  private static String name(Column column) {
    if (column instanceof Column.Named named) {
      return named.name();
    }
    throw new ConfigurationException(
        "column: JSON lines have fields chosen by name, got position " + column);
  }
}
