package dev.loraplus.dsl;

import dev.loraplus.config.Faults;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An option that holds several values; calls add up. */
final class Listing<T> {
  private final String name;
  private final List<@Nullable T> values = new ArrayList<>();
  private boolean set;
  private boolean calledWithoutValues;

  Listing(String name) {
    this.name = name;
  }

  void add(List<? extends @Nullable T> more) {
    set = true;
    calledWithoutValues |= more.isEmpty();
    values.addAll(more);
  }

  boolean isSet() {
    return set;
  }

  /** The values, or all their faults as an exception. */
  List<T> value() {
    Faults faults = new Faults();
    List<T> present = value(faults);
    faults.throwIfAny();
    return present;
  }

  /** The values that are there. */
  List<T> value(Faults faults) {
    faults.require(!calledWithoutValues, "%s: at least one value is needed, got none", name);
    List<T> present = new ArrayList<>();
    for (@Nullable T value : values) {
      if (value != null) {
        present.add(value);
      }
    }
    faults.require(present.size() == values.size(), "%s: must not be null, got %s", name, values);
    return present;
  }
}
