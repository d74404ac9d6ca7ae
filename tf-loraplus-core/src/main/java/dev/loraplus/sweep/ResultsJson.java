package dev.loraplus.sweep;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The lines of a results file. JSON has no NaN and no infinity: these become strings. */
final class ResultsJson {
  static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultsJson() {}

  /** What the first line says. */
  record Header(String sweep, Map<String, String> identity) {}

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  static byte[] header(Header header) {
    return line(
        json -> {
          json.writeStringField("sweep", header.sweep());
          json.writeNumberField("format", FORMAT);
          json.writeObjectFieldStart("identity");
          for (Map.Entry<String, String> fact : header.identity().entrySet()) {
            json.writeStringField(fact.getKey(), fact.getValue());
          }
          json.writeEndObject();
        });
  }

  static byte[] result(TrialResult result) {
    return line(
        json -> {
          json.writeObjectFieldStart("settings");
          for (Map.Entry<String, Value> value : result.trial().settings().values().entrySet()) {
            json.writeFieldName(value.getKey());
            if (value.getValue() instanceof Value.Numeric number) {
              json.writeNumber(number.value());
            } else {
              json.writeString(value.getValue().text());
            }
          }
          json.writeEndObject();
          json.writeNumberField("seed", result.trial().seed());
          json.writeStringField("status", result.diverged() ? "diverged" : "completed");
          if (result.fault().isPresent()) {
            json.writeStringField("fault", result.fault().get());
          }
          json.writeNumberField("steps", result.losses().size());
          numbers(json, "metrics", result.scores().metrics());
          measurements(json, result.measurements());
          losses(json, result.losses());
          numbers(json, "examples", result.scores().examples());
        });
  }

  private static void measurements(JsonGenerator json, List<TrialResult.Measurement> measurements)
      throws IOException {
    json.writeArrayFieldStart("measurements");
    for (TrialResult.Measurement measurement : measurements) {
      json.writeStartObject();
      json.writeNumberField("step", measurement.step());
      numbers(json, "metrics", measurement.metrics());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void numbers(JsonGenerator json, String name, Map<String, Double> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Double> value : values.entrySet()) {
      json.writeFieldName(value.getKey());
      number(json, value.getValue());
    }
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, String name, List<Double> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (double value : values) {
      number(json, value);
    }
    json.writeEndArray();
  }

  /** Losses are float32 numbers, whose digits are half as many. */
  private static void losses(JsonGenerator json, List<Double> losses) throws IOException {
    json.writeArrayFieldStart("losses");
    for (double loss : losses) {
      if (Double.isFinite(loss)) {
        json.writeNumber((float) loss);
      } else {
        json.writeString(Double.toString(loss));
      }
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.toString(value));
    }
  }

  private static byte[] line(Fields fields) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write JSON to memory", e);
    }
    line.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
    return line.toByteArray();
  }

  /** What a header line says; empty if it is none. */
  static Optional<Header> readHeader(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node.path("format").asInt() != FORMAT || !node.path("identity").isObject()) {
        return Optional.empty();
      }
      Map<String, String> identity = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> fact : node.get("identity").properties()) {
        identity.put(fact.getKey(), fact.getValue().asText());
      }
      return Optional.of(new Header(node.path("sweep").asText(), identity));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** What a result line says; empty if it is none. */
  static Optional<TrialResult> readResult(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (!node.path("settings").isObject() || !node.path("seed").isIntegralNumber()) {
        return Optional.empty();
      }
      Map<String, Value> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> value : node.get("settings").properties()) {
        values.put(value.getKey(), value(value.getValue()));
      }
      List<TrialResult.Measurement> measurements = new ArrayList<>();
      for (JsonNode measurement : node.path("measurements")) {
        measurements.add(
            new TrialResult.Measurement(
                measurement.path("step").asLong(), numbersByName(measurement.path("metrics"))));
      }
      return Optional.of(
          new TrialResult(
              new Trial(new Settings(values), node.get("seed").asLong()),
              Optional.ofNullable(node.get("fault")).map(JsonNode::asText),
              losses(node.path("losses")),
              measurements,
              new TrialRunner.Scores(
                  numbersByName(node.path("metrics")), numbers(node.path("examples")))));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Value value(JsonNode node) {
    return node.isNumber() ? new Value.Numeric(node.asDouble()) : new Value.Name(node.asText());
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(node -> numbers.add(Double.parseDouble(node.asText())));
    return numbers;
  }

  private static List<Double> losses(JsonNode array) {
    List<Double> losses = new ArrayList<>();
    array.forEach(node -> losses.add((double) Float.parseFloat(node.asText())));
    return losses;
  }

  private static Map<String, Double> numbersByName(JsonNode object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      numbers.put(entry.getKey(), Double.parseDouble(entry.getValue().asText()));
    }
    return numbers;
  }
}
