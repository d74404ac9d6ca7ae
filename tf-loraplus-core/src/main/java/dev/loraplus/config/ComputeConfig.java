package dev.loraplus.config;

/**
 * How steps are computed.
 *
 * @param precision of the products with frozen weights
 * @param compilation what XLA takes over
 */
public record ComputeConfig(Precision precision, Compilation compilation) {
  /**
   * Float32 without compilation: the exact one, ready at once.
   *
   * @return the configuration
   */
  public static ComputeConfig exact() {
    return new ComputeConfig(Precision.FLOAT32, Compilation.NONE);
  }

  /**
   * Another precision.
   *
   * @param value of the products with frozen weights
   * @return a copy
   */
  public ComputeConfig withPrecision(Precision value) {
    return new ComputeConfig(value, compilation);
  }

  /**
   * Another compilation.
   *
   * @param value what XLA takes over
   * @return a copy
   */
  public ComputeConfig withCompilation(Compilation value) {
    return new ComputeConfig(precision, value);
  }
}
