package dev.loraplus.config;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects faults so that a user sees all of them in one go. */
public final class Faults {
  private final List<String> found = new ArrayList<>();

  /** Starts with no fault. */
  public Faults() {}

  /**
   * Records a fault unless the rule holds.
   *
   * @param holds whether the rule holds
   * @param format the fault, naming the setting, the rule and the value
   * @param arguments the values of the format
   * @return this
   */
  @FormatMethod
  public Faults require(boolean holds, @FormatString String format, @Nullable Object... arguments) {
    if (!holds) {
      found.add(String.format(Locale.ROOT, format, arguments));
    }
    return this;
  }

  /**
   * Builds a part; where the part is invalid its faults join these.
   *
   * @param <T> type of the part
   * @param part makes the part, may throw {@link ConfigurationException}
   * @return the part, or null where it has faults
   */
  public <T> @Nullable T collect(Supplier<T> part) {
    try {
      return part.get();
    } catch (ConfigurationException e) {
      found.addAll(e.faults());
      return null;
    }
  }

  /**
   * Checks a rule that throws its faults; they join these.
   *
   * @param rule may throw {@link ConfigurationException}
   * @return this
   */
  @CanIgnoreReturnValue
  public Faults check(Runnable rule) {
    try {
      rule.run();
    } catch (ConfigurationException e) {
      found.addAll(e.faults());
    }
    return this;
  }

  /**
   * A part that {@link #collect} built, once {@link #throwIfAny} has passed.
   *
   * @param <T> type of the part
   * @param part what collect returned
   * @return the part
   */
  public static <T> T built(@Nullable T part) {
    return Objects.requireNonNull(part, "call throwIfAny() before built()");
  }

  /**
   * Ends the collection.
   *
   * @throws ConfigurationException if any fault was recorded
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ConfigurationException(found);
    }
  }
}
