package dev.loraplus.sweep;

import dev.loraplus.config.Faults;

/** What a trial is told on one axis: a number or a name. */
public sealed interface Value {
  /**
   * A number such as a rate.
   *
   * @param value finite
   */
  record Numeric(double value) implements Value {
    /**
     * Checks the number.
     *
     * @param value finite
     */
    public Numeric {
      new Faults()
          .require(Double.isFinite(value), "axis value: must be finite, got %s", value)
          .throwIfAny();
    }

    @Override
    public String text() {
      return value == Math.rint(value) && Math.abs(value) < 1e6
          ? Long.toString((long) value)
          : Double.toString(value);
    }
  }

  /**
   * A name such as that of a schedule.
   *
   * @param value not empty
   */
  record Name(String value) implements Value {
    /**
     * Checks the name.
     *
     * @param value not empty
     */
    public Name {
      new Faults()
          .require(!value.isBlank(), "axis value: must not be blank, got '%s'", value)
          .throwIfAny();
    }

    @Override
    public String text() {
      return value;
    }
  }

  /**
   * How tables and messages show it.
   *
   * @return the name, or the number in the shortest form that reads back as itself
   */
  String text();
}
