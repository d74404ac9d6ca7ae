package dev.loraplus.dsl;

import dev.loraplus.config.Faults;
import java.util.LinkedHashMap;
import java.util.Map;

/** An option that holds a value for each of several patterns, in the order of the calls. */
final class Keyed<T> {
  private final String name;
  private final Map<String, Setting<T>> settings = new LinkedHashMap<>();

  Keyed(String name) {
    this.name = name;
  }

  void put(String pattern, T value) {
    settings.computeIfAbsent(pattern, key -> Setting.optional(name + " '" + key + "'")).set(value);
  }

  Map<String, T> value(Faults faults) {
    Map<String, T> values = new LinkedHashMap<>();
    settings.forEach(
        (pattern, setting) -> setting.find(faults).ifPresent(value -> values.put(pattern, value)));
    return values;
  }
}
