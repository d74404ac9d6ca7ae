package dev.loraplus.dsl;

/** Builders to start a test from. */
final class Examples {
  private Examples() {}

  /** Everything that is required, and nothing else. */
  static FineTuningBuilder minimal() {
    return LoraPlus.fineTuning()
        .classification("negative", "positive")
        .lora(l -> l.rank(8).targets("query", "value"))
        .loraPlus(o -> o.learningRate(2e-4).ratio(4))
        .training(t -> t.epochs(3));
  }
}
