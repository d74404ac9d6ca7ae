package dev.loraplus.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON as Jackson's trees. It reads strictly: a name stands once in an object, and
 * nothing follows the value. Parser and generator are Jackson's too. Its ObjectMapper would do the
 * same, but the first one of a process takes 0.2 s to make, a twelfth of the time to a first
 * training step, and so does the first {@code toString()} of a tree.
 */
public final class JsonTree {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonTree() {}

  /**
   * Reads a file.
   *
   * @param file in UTF-8, 16 or 32
   * @return its value, a missing node if it is empty
   * @throws JsonProcessingException if it is not valid JSON
   * @throws IOException if it cannot be read
   */
  public static JsonNode read(Path file) throws IOException {
    try (JsonParser parser = JSON.createParser(Files.newInputStream(file))) {
      return only(parser);
    }
  }

  /**
   * Reads a text.
   *
   * @param text JSON
   * @return its value, a missing node if it is empty
   * @throws JsonProcessingException if it is not valid JSON
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    try (JsonParser parser = JSON.createParser(text)) {
      return only(parser);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a value.
   *
   * @param value what to write
   * @return JSON in one line
   */
  public static String text(JsonNode value) {
    return written(value, false);
  }

  /**
   * Writes a value for people.
   *
   * @param value what to write
   * @return JSON in lines that are indented, in UTF-8
   */
  public static byte[] pretty(JsonNode value) {
    return written(value, true).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Why a file could not be read.
   *
   * @param failure of {@link #read} or {@link #parse}
   * @return the first line of its message
   */
  public static String reason(IOException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("unreadable");
  }

  /**
   * An object to be filled.
   *
   * @return a new one
   */
  public static ObjectNode object() {
    return NODES.objectNode();
  }

  private static JsonNode only(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return MissingNode.getInstance();
    }
    JsonNode value = value(parser, first);
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "something follows the end of the JSON value");
    }
    return value;
  }

  /** As deep as the parser lets it, 1000 levels. */
  private static JsonNode value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new JsonParseException(parser, "ends within a JSON value");
    }
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> elements(parser);
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      default -> NODES.nullNode();
    };
  }

  private static ObjectNode members(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      object.set(name, value(parser, parser.nextToken()));
    }
    return object;
  }

  private static ArrayNode elements(JsonParser parser) throws IOException {
    ArrayNode array = NODES.arrayNode();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      array.add(value(parser, token));
      token = parser.nextToken();
    }
    return array;
  }

  private static String written(JsonNode value, boolean pretty) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      if (pretty) {
        json.useDefaultPrettyPrinter();
      }
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write JSON to memory", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, JsonNode value) throws IOException {
    switch (value.getNodeType()) {
      case OBJECT -> {
        json.writeStartObject();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
          json.writeFieldName(field.getKey());
          write(json, field.getValue());
        }
        json.writeEndObject();
      }
      case ARRAY -> {
        json.writeStartArray();
        for (JsonNode element : value) {
          write(json, element);
        }
        json.writeEndArray();
      }
      case STRING -> json.writeString(value.textValue());
      case NUMBER -> number(json, value);
      case BOOLEAN -> json.writeBoolean(value.booleanValue());
      case NULL -> json.writeNull();
      default -> throw new IllegalArgumentException("no JSON: " + value.getNodeType());
    }
  }

  /** As Jackson does it, which writes infinity as a string. */
  private static void number(JsonGenerator json, JsonNode value) throws IOException {
    if (value.isDouble()) {
      json.writeNumber(value.doubleValue());
    } else {
      json.writeNumber(value.asText());
    }
  }

  private static JsonNode integer(JsonParser parser) throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }
}
