package dev.loraplus.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** The JSON files that the scripts in src/test/python made. */
final class Fixtures {
  private Fixtures() {}

  static JsonNode trajectories() {
    return read("trajectories.json");
  }

  static JsonNode schedules() {
    return read("schedules.json");
  }

  static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static JsonNode read(String name) {
    try (InputStream in = Fixtures.class.getResourceAsStream("/optimizer/" + name)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
