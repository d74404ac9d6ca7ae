package dev.loraplus.optimizer;

/**
 * Parameters that share a learning rate. The first four are the groups of peft's LoRA+ optimizer,
 * in its order.
 */
public enum ParameterGroup {
  /** A of adapters and every weight of two or more dimensions: rate eta_A, with decay. */
  A("A"),
  /** A and B of embedding adapters: a rate of their own, not times the ratio, with decay. */
  EMBEDDING("embedding"),
  /** B, magnitudes and scales: rate eta_B = ratio x eta_A, with decay. */
  B("B"),
  /** Biases and LayerNorms: rate eta_B, without decay. */
  B_NO_DECAY("B, no decay"),
  /** Modules that train in full, where a rate of their own is configured. */
  SAVED_MODULES("saved modules");

  private final String label;

  ParameterGroup(String label) {
    this.label = label;
  }

  /**
   * The name in plans and reports.
   *
   * @return such as {@code B, no decay}
   */
  public String label() {
    return label;
  }
}
