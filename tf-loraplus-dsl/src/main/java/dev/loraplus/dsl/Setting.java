package dev.loraplus.dsl;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An option that holds one value. All that was given is kept until the value is read, since only
 * then can every fault be reported together; reading changes nothing, so a builder may build twice.
 */
final class Setting<T> {
  private record Given<T>(String shown, Supplier<T> value) {}

  private final String name;
  private final Optional<String> advice;
  private final Optional<T> fallback;
  private final List<Given<T>> given = new ArrayList<>();

  private Setting(String name, Optional<String> advice, Optional<T> fallback) {
    this.name = name;
    this.advice = advice;
    this.fallback = fallback;
  }

  /** An option without a default; the stand-in lets the other options be checked all the same. */
  static <T> Setting<T> required(String name, String advice, T standIn) {
    return new Setting<>(name, Optional.of(advice), Optional.of(standIn));
  }

  /** An option with a default. */
  static <T> Setting<T> preset(String name, T value) {
    return new Setting<>(name, Optional.empty(), Optional.of(value));
  }

  /** An option that may stay unset. */
  static <T> Setting<T> optional(String name) {
    return new Setting<>(name, Optional.empty(), Optional.empty());
  }

  void set(@Nullable T value) {
    set(String.valueOf(value), () -> present(value));
  }

  /** Gives a value whose making may fail; {@code shown} stands for it in messages. */
  void set(String shown, Supplier<T> value) {
    given.add(new Given<>(shown, value));
  }

  boolean isSet() {
    return !given.isEmpty();
  }

  /** The value of a required or preset option, or what stands in for it where there is a fault. */
  T value(Faults faults) {
    faults.require(
        isSet() || advice.isEmpty(), "%s: is required; %s", name, advice.orElse("set it"));
    return find(faults).or(() -> fallback).orElseThrow();
  }

  /** The value, or empty where none or no valid one was given. */
  Optional<T> find(Faults faults) {
    Map<T, String> distinct = new LinkedHashMap<>();
    for (Given<T> each : given) {
      T value = faults.collect(each.value());
      if (value != null) {
        distinct.putIfAbsent(value, each.shown());
      }
    }
    faults.require(
        distinct.size() <= 1,
        "%s: set to %s; keep one",
        name,
        String.join(" and to ", distinct.values()));
    return distinct.keySet().stream().findFirst();
  }

  /** The value so far, for Kotlin's properties. */
  T current() {
    if (isSet()) {
      return given.get(given.size() - 1).value().get();
    }
    if (advice.isEmpty() && fallback.isPresent()) {
      return fallback.get();
    }
    throw new ConfigurationException(name + ": was read but is not set, and it has no default");
  }

  private T present(@Nullable T value) {
    if (value == null) {
      throw new ConfigurationException(name + ": must not be null");
    }
    return value;
  }
}
