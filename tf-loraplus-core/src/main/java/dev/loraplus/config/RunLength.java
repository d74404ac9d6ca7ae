package dev.loraplus.config;

/** How long a run is. */
public sealed interface RunLength {
  /**
   * Passes over the training data.
   *
   * @param count at least 1
   */
  record Epochs(int count) implements RunLength {
    /**
     * Checks the count.
     *
     * @param count at least 1
     */
    public Epochs {
      new Faults().require(count >= 1, "epochs: must be at least 1, got %s", count).throwIfAny();
    }
  }

  /**
   * Optimizer steps.
   *
   * @param count at least 1
   */
  record Steps(long count) implements RunLength {
    /**
     * Checks the count.
     *
     * @param count at least 1
     */
    public Steps {
      new Faults().require(count >= 1, "steps: must be at least 1, got %s", count).throwIfAny();
    }
  }

  /**
   * Passes over the training data.
   *
   * @param count at least 1
   * @return the length
   */
  static RunLength epochs(int count) {
    return new Epochs(count);
  }

  /**
   * Optimizer steps.
   *
   * @param count at least 1
   * @return the length
   */
  static RunLength steps(long count) {
    return new Steps(count);
  }
}
