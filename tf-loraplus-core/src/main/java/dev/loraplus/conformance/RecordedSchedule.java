package dev.loraplus.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Schedule;

/**
 * The schedule of a case.
 *
 * @param schedule the course of the rates
 * @param total the length that it is made for, in steps
 */
record RecordedSchedule(Schedule schedule, long total) {

  /**
   * Reads {@code schedule} of {@code case.json}.
   *
   * @param steps length of the run, for schedules that say none
   */
  static RecordedSchedule read(JsonNode node, int steps) {
    if (node.isNull() || node.isMissingNode()) {
      return new RecordedSchedule(Schedule.constant(), steps);
    }
    String kind = node.path("kind").asText("(none)");
    Schedule then =
        switch (kind) {
          case "cosine" -> Schedule.cosine();
          case "linear" -> Schedule.linear();
          case "constant", "constant_with_warmup" -> Schedule.constant();
          default ->
              throw new ConfigurationException(
                  "schedule: kind must be one of cosine, linear, constant, constant_with_warmup,"
                      + " got '"
                      + kind
                      + "'");
        };
    return new RecordedSchedule(
        Schedule.warmup(count(node, "warmup", 0), then), count(node, "total", steps));
  }

  private static long count(JsonNode node, String key, long absent) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isIntegralNumber() || value.longValue() < 0) {
      throw new ConfigurationException(
          "schedule: " + key + " must be a number of steps, got " + value);
    }
    return value.longValue();
  }
}
