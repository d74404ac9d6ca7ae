package dev.loraplus.dsl;

/** Where a fluent configuration starts. */
public final class LoraPlus {
  private LoraPlus() {}

  /**
   * Starts the configuration of a fine-tuning run.
   *
   * @return a builder with nothing set
   */
  public static FineTuningBuilder fineTuning() {
    return new FineTuningBuilder();
  }
}
