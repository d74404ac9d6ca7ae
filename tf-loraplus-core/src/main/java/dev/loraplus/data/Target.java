package dev.loraplus.data;

/** What a model should give for an example. */
public sealed interface Target {

  /**
   * A class by its name.
   *
   * @param name name of the class, never blank
   */
  record Label(String name) implements Target {
    /**
     * Checks the name.
     *
     * @param name name of the class, never blank
     */
    public Label {
      if (name.isBlank()) {
        throw new DataException("label: must not be blank, got " + Shown.text(name));
      }
    }
  }

  /**
   * A number.
   *
   * @param value the number, finite
   */
  record Score(double value) implements Target {
    /**
     * Checks the number.
     *
     * @param value the number, finite
     */
    public Score {
      if (!Double.isFinite(value)) {
        throw new DataException("score: must be finite, got " + value);
      }
    }
  }

  /** Nothing is known, as in data to predict on or to mask tokens of. */
  record None() implements Target {}
}
