package dev.loraplus.sweep;

import dev.loraplus.config.ConfigurationException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One point of a search space: a value on each axis.
 *
 * @param values by axis, in the order of the axes
 */
public record Settings(Map<String, Value> values) {
  /**
   * Copies the values.
   *
   * @param values by axis, in the order of the axes
   */
  public Settings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * A point without axes.
   *
   * @return nothing chosen
   */
  public static Settings none() {
    return new Settings(Map.of());
  }

  /**
   * The same point with a number on one axis.
   *
   * @param axis its name
   * @param value finite
   * @return a copy
   */
  public Settings with(String axis, double value) {
    return with(axis, new Value.Numeric(value));
  }

  /**
   * The same point with a name on one axis.
   *
   * @param axis its name
   * @param value not blank
   * @return a copy
   */
  public Settings with(String axis, String value) {
    return with(axis, new Value.Name(value));
  }

  /**
   * The same point with a value on one axis.
   *
   * @param axis its name
   * @param value the value
   * @return a copy
   */
  public Settings with(String axis, Value value) {
    Map<String, Value> changed = new LinkedHashMap<>(values);
    changed.put(axis, value);
    return new Settings(changed);
  }

  /**
   * The number on an axis.
   *
   * @param axis its name
   * @return empty if the point has no such axis
   * @throws ConfigurationException if it holds a name
   */
  public OptionalDouble number(String axis) {
    Value value = values.get(axis);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (value instanceof Value.Numeric number) {
      return OptionalDouble.of(number.value());
    }
    throw new ConfigurationException(
        String.format("axis %s: must be a number, got '%s'", axis, value.text()));
  }

  /**
   * The name on an axis.
   *
   * @param axis its name
   * @return empty if the point has no such axis
   * @throws ConfigurationException if it holds a number
   */
  public Optional<String> name(String axis) {
    Value value = values.get(axis);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Value.Name name) {
      return Optional.of(name.value());
    }
    throw new ConfigurationException(
        String.format("axis %s: must be a name, got %s", axis, value.text()));
  }

  /**
   * The point in one line.
   *
   * @return such as {@code rateA=2.0E-4 ratio=4}
   */
  public String text() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().text())
        .collect(Collectors.joining(" "));
  }
}
