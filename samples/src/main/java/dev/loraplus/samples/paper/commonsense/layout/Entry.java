package dev.loraplus.samples.paper.commonsense.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import dev.loraplus.data.DataException;
import java.util.ArrayList;
import java.util.List;

/** An object of a benchmark's file, with its place for messages. */
record Entry(String place, JsonNode object) {

  boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** A text that is there and not blank. */
  String text(String field) {
    return text(object, field);
  }

  String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw fault("field '%s' must be a string that is not blank, got %s", field, shown(value));
    }
    return value.textValue();
  }

  /** A text, or nothing where the field is missing or blank. */
  String textOrEmpty(String field) {
    JsonNode value = object.path(field);
    return value.isTextual() ? value.textValue().strip() : "";
  }

  List<String> texts(JsonNode node, String field) {
    List<String> texts = new ArrayList<>();
    node.path(field).forEach(each -> texts.add(each.asText()));
    if (texts.isEmpty()) {
      throw fault("field '%s' must be a list of strings, got %s", field, shown(node.path(field)));
    }
    return texts;
  }

  /** A number, also where it is written as a string. */
  int number(String field) {
    String value = object.path(field).asText();
    if (!value.matches("[0-9]{1,9}")) {
      throw fault("field '%s' must be a number, got %s", field, shown(object.path(field)));
    }
    return Integer.parseInt(value);
  }

  @FormatMethod
  DataException fault(String rule, Object... values) {
    return new DataException(place + ": " + rule.formatted(values));
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.toString();
  }
}
