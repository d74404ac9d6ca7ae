package dev.loraplus.training.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The lines of a metrics file. */
final class MetricsJson {
  static final String STEP = "step";
  static final String EVALUATION = "evaluation";

  /** Every line begins so: type first, then step, so that a reader need not parse the rest. */
  static final String PREFIX = "{\"type\":\"";

  private static final JsonFactory JSON = new JsonFactory();

  private MetricsJson() {}

  /** What a line is about. */
  record Head(String type, long step) {}

  static byte[] line(StepReport report) {
    return line(
        STEP,
        report.step(),
        json -> {
          json.writeNumberField("totalSteps", report.totalSteps());
          number(json, "epoch", report.epoch());
          number(json, "loss", report.loss());
          number(json, "rateA", report.rateA());
          number(json, "rateB", report.rateB());
          number(json, "rateEmbedding", report.rateEmbedding());
          number(json, "gradientNorm", report.gradientNorm());
          json.writeObjectFieldStart("groups");
          for (Map.Entry<String, StepReport.GroupReport> group : report.groups().entrySet()) {
            json.writeObjectFieldStart(group.getKey());
            number(json, "gradientNorm", group.getValue().gradientNorm());
            number(json, "relativeUpdate", group.getValue().relativeUpdate());
            json.writeEndObject();
          }
          json.writeEndObject();
          json.writeNumberField("tokens", report.tokens());
          number(json, "seconds", report.seconds());
        });
  }

  static byte[] line(EvaluationReport report) {
    return line(
        EVALUATION,
        report.step(),
        json -> {
          number(json, "loss", report.loss());
          json.writeObjectFieldStart("metrics");
          for (Map.Entry<String, Double> metric : report.metrics().entrySet()) {
            number(json, metric.getKey(), metric.getValue());
          }
          json.writeEndObject();
          number(json, "seconds", report.seconds());
        });
  }

  /** The type and step of a complete line, or empty where it is none of ours. */
  static Optional<Head> head(byte[] line) {
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT || !"type".equals(json.nextFieldName())) {
        return Optional.empty();
      }
      String type = json.nextTextValue();
      if (!"step".equals(json.nextFieldName()) || json.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        return Optional.empty();
      }
      long step = json.getLongValue();
      while (json.nextToken() != null) {
        // To the end: a line that was damaged further on is not complete either.
      }
      boolean known = STEP.equals(type) || EVALUATION.equals(type);
      return known ? Optional.of(new Head(type, step)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] line(String type, long step, Fields fields) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      json.writeNumberField("step", step);
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write JSON to memory", e);
    }
    line.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
    return line.toByteArray();
  }

  /** JSON has no NaN and no infinity, so these become the strings that parsers of numbers read. */
  private static void number(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeStringField(name, Double.toString(value));
    }
  }
}
